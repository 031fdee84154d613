"""Readiness as a viewer sees it: everybody is counted, and of people the viewer's own are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.alerts.domain.discretion import ToldReason, known_to, told
from services.alerts.domain.rosters import gaps
from services.alerts.domain.shifts import Span
from services.alerts.domain.visibility import Viewer, Whose, sees_interrupter
from services.alerts.queries.reachability import Phone
from services.alerts.queries.rosters import Member, Roster
from shared.kernel.vocabulary import DispatchRole, LeftOut
from shared.persistence.transaction import Row


class OnDuty(BaseModel):
    """`until`: when the plan changes it. `why_not`: why they would not be asked about anything here now."""

    interrupter_id: UUID
    call_sign: str
    organization_id: UUID
    roles: list[DispatchRole]
    why_not: ToldReason | None
    until: datetime | None
    phone: Phone


class Coming(BaseModel):
    """Null for somebody of another organization."""

    interrupter_id: UUID | None
    call_sign: str | None
    at: datetime


class GapOut(BaseModel):
    """`ends`: null for as long as was looked."""

    begins: datetime
    ends: datetime | None


class RoleReadiness(BaseModel):
    """`wanted`: the most that the policy wants at one incident. `ready`: would be asked now, on a phone that works.

    `next`: who is planned to come first. `gaps`: when nobody is on duty for it.
    """

    role: DispatchRole
    wanted: int
    on_duty: int
    ready: int
    next: Coming | None
    gaps: list[GapOut]


class CommunityReadiness(BaseModel):
    """`roster_used`: somebody has shifts here; without any, gaps are not judged."""

    community: str
    name: str
    roster_used: bool
    on_now: list[OnDuty]
    roles: list[RoleReadiness]


@dataclass(frozen=True, slots=True)
class Present:
    """`left_out`: by role why they would not be asked, or None."""

    member: Member
    phone: Phone
    left_out: Mapping[DispatchRole, LeftOut | None]

    def has(self, role: DispatchRole) -> bool:
        return role in self.member.row["roles"]

    def is_ready(self, role: DispatchRole) -> bool:
        return self.phone.works and self.left_out.get(role, LeftOut.UNREACHABLE) is None

    @property
    def why_not(self) -> LeftOut | None:
        """Of their own roles it is the same for each: no other rule asks which one it is."""
        return next((self.left_out.get(role) for role in self.member.row["roles"]), None)


@dataclass(frozen=True, slots=True)
class Shown:
    """A community as this viewer sees it. `unlicensed`: of its team, on duty, and counted nowhere."""

    viewer: Viewer
    window: Span
    roster: Roster
    present: Sequence[Present]
    unlicensed: Sequence[Present]

    def community(self, row: Row, wanted: Mapping[DispatchRole, int]) -> CommunityReadiness:
        return CommunityReadiness(
            community=row["area_id"],
            name=row["name"],
            roster_used=self.roster.is_used,
            on_now=[self._person(one) for one in (*self.present, *self.unlicensed) if self._sees(one.member)],
            roles=[self._role(role, count) for role, count in wanted.items()],
        )

    def _sees(self, member: Member) -> bool:
        return sees_interrupter(self.viewer, _whose(member))

    def _person(self, one: Present) -> OnDuty:
        row, reason = one.member.row, one.why_not
        return OnDuty(
            interrupter_id=row["id"],
            call_sign=row["call_sign"],
            organization_id=row["organization_id"],
            roles=row["roles"],
            why_not=reason and told(reason, known_to(self.viewer, _whose(one.member))),
            until=row["duty_next_at"],
            phone=one.phone,
        )

    def _role(self, role: DispatchRole, wanted: int) -> RoleReadiness:
        rostered = [member.rostered for member in self.roster.members]
        missing = gaps(rostered, [role], self.window) if self.roster.is_used else ()
        return RoleReadiness(
            role=role,
            wanted=wanted,
            on_duty=sum(one.has(role) for one in self.present),
            ready=sum(one.is_ready(role) for one in self.present),
            next=self._next(role),
            gaps=[GapOut(begins=gap.begins, ends=gap.ends) for gap in missing],
        )

    def _next(self, role: DispatchRole) -> Coming | None:
        coming = [
            (span.begins, member.row["call_sign"], member)
            for member in self.roster.members
            if role in member.row["roles"]
            for span in member.spans
            if span.begins > self.window.begins
        ]
        if not coming:
            return None
        at, call_sign, member = min(coming, key=lambda one: one[:2])
        seen = self._sees(member)
        return Coming(interrupter_id=member.row["id"] if seen else None, call_sign=call_sign if seen else None, at=at)


def _whose(member: Member) -> Whose:
    return Whose(member.row["id"], member.row["organization_id"])
