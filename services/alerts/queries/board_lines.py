"""One line of the board, made of a dispatch's rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.alerts.domain.assignments import ACTIVE, HOLDS_ROLE
from services.alerts.domain.board import (
    Milestone,
    NextAction,
    Upcoming,
    milestones,
    next_action,
    of_check_in,
    of_offer,
    of_triage,
)
from services.alerts.domain.offers import LIVE, OfferFacts
from services.alerts.domain.policy import Policy
from services.alerts.policies import classify, policy_of
from shared.kernel.response_words import CheckInState, TriageState
from shared.kernel.vocabulary import AssignmentState, DispatchRole, DispatchState, IncidentKind, OfferState
from shared.persistence.transaction import Row


class AskedNow(BaseModel):
    """`until`: when the offer ends by itself, or the next person is asked beside it."""

    offer_id: UUID
    interrupter_id: UUID
    call_sign: str
    state: OfferState
    delivered_at: datetime | None
    until: datetime


class HavingIt(BaseModel):
    """`since`: when this step was reached. `check_in`: only on scene; `missed` is somebody nobody has heard of."""

    assignment_id: UUID
    interrupter_id: UUID
    call_sign: str
    state: AssignmentState
    since: datetime
    check_in: CheckInState | None


class GaveBack(BaseModel):
    """Had the role, could not go, and said so."""

    interrupter_id: UUID
    call_sign: str
    at: datetime


class RoleLine(BaseModel):
    """`wanted` 0: somebody is there whom the incident wants no more. `filled`: how many have the role, or had it and
    are done.
    """

    role: DispatchRole
    wanted: int
    filled: int
    asked: list[AskedNow]
    having: list[HavingIt]
    given_back: list[GaveBack]


class NextActionOut(BaseModel):
    code: Upcoming
    at: datetime
    call_sign: str | None


class DispatchLine(BaseModel):
    """`next_action`: what the clock does next, if nobody acts before; `next_action_at` is its time alone. Where it lies
    in the past, somebody on scene is missed since then, or the triage overdue.

    `age_s`: since activation, until the end if there was one. `targets_missed`: reached too late, or due and not
    reached. `stage_only`: an active threat; go near, not in. `taken_over_at`: since when a person finds somebody.
    `given_up`: nobody was found in time, and nobody more is asked.
    """

    incident_id: UUID
    state: DispatchState
    community: str | None
    community_name: str | None
    kind: IncidentKind
    stage_only: bool
    exercise: bool
    restricted: bool
    incident_version: int
    activated_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    taken_over_at: datetime | None
    given_up: bool
    age_s: float
    roles: list[RoleLine]
    next_action: NextActionOut | None
    next_action_at: datetime | None
    targets_missed: list[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of one dispatch."""

    row: Row
    offers: Sequence[Row]
    assignments: Sequence[Row]
    pages: Sequence[Row]

    @property
    def live_offers(self) -> list[Row]:
        return [offer for offer in self.offers if offer["state"] in LIVE]


_SINCE = {"accepted": "accepted_at", "en_route": "en_route_at", "on_scene": "on_scene_at"}


def line(facts: Facts, now: datetime) -> DispatchLine:
    row = facts.row
    shown = {name: row[name] for name in DispatchLine.model_fields if name in row}
    coming = next_action(_actions(facts), now)
    return DispatchLine(
        **shown,
        age_s=max(0.0, ((row["closed_at"] or now) - row["activated_at"]).total_seconds()),
        given_up=row["state"] == DispatchState.EXHAUSTED and row["reconsider_at"] is None,
        roles=_roles(facts),
        next_action=NextActionOut(code=coming.code, at=coming.at, call_sign=coming.call_sign) if coming else None,
        next_action_at=coming.at if coming else None,
        targets_missed=[one.name for one in milestones_of(facts, now) if one.missed],
    )


def _roles(facts: Facts) -> list[RoleLine]:
    wanted = dict(_policy(facts.row).roles)
    at_work = {DispatchRole(one["role"]) for one in facts.assignments if one["state"] in ACTIVE}
    unwanted = [role for role in DispatchRole if role in at_work - wanted.keys()]
    return [_role(facts, role, count) for role, count in (wanted | dict.fromkeys(unwanted, 0)).items()]


def _role(facts: Facts, role: DispatchRole, wanted: int) -> RoleLine:
    mine = [one for one in facts.assignments if one["role"] == role]
    having = [one for one in mine if one["state"] in HOLDS_ROLE]
    return RoleLine(
        role=role,
        wanted=wanted,
        filled=len(having),
        asked=[_asked(one) for one in facts.live_offers if one["role"] == role],
        having=[_having(one) for one in having],
        given_back=[_gave_back(one) for one in mine if one["given_back"]],
    )


def _asked(offer: Row) -> AskedNow:
    return AskedNow(
        **{name: offer[name] for name in ("offer_id", "interrupter_id", "call_sign", "state", "delivered_at")},
        until=_of_offer(offer).at,
    )


def _having(assignment: Row) -> HavingIt:
    since = _SINCE.get(assignment["state"], "ended_at")
    return HavingIt(
        **{name: assignment[name] for name in ("assignment_id", "interrupter_id", "call_sign", "state")},
        since=assignment[since],
        check_in=assignment["check_in_state"],
    )


def _gave_back(assignment: Row) -> GaveBack:
    return GaveBack(
        interrupter_id=assignment["interrupter_id"], call_sign=assignment["call_sign"], at=assignment["ended_at"]
    )


def _actions(facts: Facts) -> Iterable[NextAction]:
    yield from (_of_offer(offer) for offer in facts.live_offers)
    yield from (
        of_check_in(CheckInState(one["check_in_state"]), one["check_in_at"], one["call_sign"])
        for one in facts.assignments
        if one["check_in_state"] is not None
    )
    if facts.row["triage_state"] == TriageState.DUE:
        due_at, next_at, reminded_at = (facts.row[f"triage_{name}"] for name in ("due_at", "next_at", "reminded_at"))
        yield of_triage(due_at, next_at, reminded=reminded_at is not None)
    yield from (NextAction(Upcoming.PAGE_REPEATS, page["at"]) for page in facts.pages)
    if facts.row["escalate_at"] is not None:
        code = Upcoming.ESCALATES if facts.row["taken_over_at"] is None else Upcoming.HANDED_BACK
        yield NextAction(code, facts.row["escalate_at"])
    if facts.row["reconsider_at"] is not None:
        yield NextAction(Upcoming.LOOKED_AT_AGAIN, facts.row["reconsider_at"])


def _of_offer(offer: Row) -> NextAction:
    facts = OfferFacts(
        state=OfferState(offer["state"]),
        undelivered_by=offer["undelivered_by"],
        acknowledge_by=offer["acknowledge_by"],
        accept_by=offer["accept_by"],
        attempted=offer["first_attempt_at"] is not None,
        delivered=offer["delivered_at"] is not None,
        bypassed=offer["bypassed_at"] is not None,
    )
    return of_offer(facts, offer["call_sign"])


def milestones_of(facts: Facts, now: datetime) -> tuple[Milestone, ...]:
    row = facts.row
    reached = {
        "first_attempt": _first(facts.offers, "first_attempt_at"),
        "acknowledged": _first(facts.offers, "acknowledged_at"),
        "accepted": _first(facts.assignments, "accepted_at"),
        "on_scene": _first(facts.assignments, "on_scene_at"),
    }
    targets = dict(_policy(row).targets)
    if row["triage_state"] in {TriageState.DUE, TriageState.HELD}:
        reached["triage"] = row["triage_held_at"]
        # As it was owed at the activation, whatever the incident became.
        targets["triage_s"] = (row["triage_due_at"] - row["activated_at"]).total_seconds()
    return milestones(targets, reached, activated_at=row["activated_at"], now=now, ended_at=row["closed_at"])


def _policy(row: Row) -> Policy:
    """What the dispatch's policy says for such an incident."""
    return policy_of(row["policy_name"], row["policy_version"], row["policy"], classify(row["incident"]))


def _first(rows: Iterable[Row], name: str) -> datetime | None:
    return min((row[name] for row in rows if row[name] is not None), default=None)
