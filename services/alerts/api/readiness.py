"""`GET /v1/readiness`: could an incident be answered now, community by community, and in the days ahead?

A supervisor sees the communities that the own organization covers. Floaters have standing nowhere in particular: they
fill no gap of a community, and are asked all the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.alerts.api.viewers import viewer_of
from services.alerts.domain.rosters import gaps
from services.alerts.domain.shifts import Span
from services.alerts.queries.reachability import Phone, phones_of
from services.alerts.queries.rosters import Member, Roster, covered_communities, ids_of, roster_of, watched_by
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Row
from shared.web.database import Db
from shared.web.pagination import Cursor, Page, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/readiness", tags=["readiness"], route_class=StrictRoute)
Desk = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]
AT_A_TIME = 25


class OnDuty(BaseModel):
    """`until`: when the plan changes it. `committed`: at an incident now."""

    interrupter_id: UUID
    call_sign: str
    organization_id: UUID
    roles: list[DispatchRole]
    committed: bool
    until: datetime | None
    phone: Phone


class Coming(BaseModel):
    interrupter_id: UUID
    call_sign: str
    at: datetime


class GapOut(BaseModel):
    """`ends`: null for as long as was looked."""

    begins: datetime
    ends: datetime | None


class RoleReadiness(BaseModel):
    """`wanted`: the most that the policy wants at one incident. `ready`: on duty, reachable and at no incident.

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


@router.get("")
async def show(
    db: Db,
    caller: Desk,
    response: Response,
    days: Annotated[int, Query(ge=1, le=14)] = 3,
    cursor: Cursor = None,
) -> Page[CommunityReadiness]:
    """Covered communities by id. `days`: how far ahead gaps are looked for."""
    keys, viewer = read_cursor(cursor, 1), viewer_of(caller)
    scope = {"everything": viewer.sees_everything, "supervised": viewer.supervises, "after": keys[0] if keys else None}
    async with db.transaction() as tx:
        now, watch = await tx.now(), await watched_by(tx)
        zone = watch.zone
        window = Span(now, now + timedelta(days=days))
        day = now.astimezone(zone).date()
        found = await covered_communities(tx, day=day, limit=AT_A_TIME + 1, **scope)
        items = []
        for community in found[:AT_A_TIME]:
            roster = await roster_of(tx, community["area_id"], zone, window)
            present = [member for member in roster.members if member.row["on_duty"]]
            phones = await phones_of(tx, ids_of(present))
            items.append(_present(community, roster, watch.wanted, phones, window))
    following = write_cursor(items[-1].community) if len(found) > AT_A_TIME else None
    link_next(response, f"/v1/readiness?days={days}", following)
    return Page(items=items, next=following)


def _present(
    community: Row,
    roster: Roster,
    wanted: Mapping[DispatchRole, int],
    phones: Mapping[UUID, Phone],
    window: Span,
) -> CommunityReadiness:
    on_now = [_on_duty(member, phones) for member in roster.members if member.row["on_duty"]]
    return CommunityReadiness(
        community=community["area_id"],
        name=community["name"],
        roster_used=roster.is_used,
        on_now=on_now,
        roles=[_role(role, count, on_now, roster, window) for role, count in wanted.items()],
    )


def _on_duty(member: Member, phones: Mapping[UUID, Phone]) -> OnDuty:
    row = member.row
    return OnDuty(
        interrupter_id=row["id"],
        call_sign=row["call_sign"],
        organization_id=row["organization_id"],
        roles=row["roles"],
        committed=row["committed"],
        until=row["duty_next_at"],
        phone=phones[row["id"]],
    )


def _role(role: DispatchRole, wanted: int, on_now: Sequence[OnDuty], roster: Roster, window: Span) -> RoleReadiness:
    there = [one for one in on_now if role in one.roles]
    missing = gaps([member.rostered for member in roster.members], [role], window) if roster.is_used else ()
    return RoleReadiness(
        role=role,
        wanted=wanted,
        on_duty=len(there),
        ready=sum(one.phone.works and not one.committed for one in there),
        next=_next(role, roster, window),
        gaps=[GapOut(begins=gap.begins, ends=gap.ends) for gap in missing],
    )


def _next(role: DispatchRole, roster: Roster, window: Span) -> Coming | None:
    coming = [
        (span.begins, member.row["call_sign"], member.row["id"])
        for member in roster.members
        if role in member.row["roles"]
        for span in member.spans
        if span.begins > window.begins
    ]
    if not coming:
        return None
    at, call_sign, interrupter_id = min(coming)
    return Coming(interrupter_id=interrupter_id, call_sign=call_sign, at=at)
