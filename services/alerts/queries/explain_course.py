"""The part of an explanation that tells what came of it: who went and by what they had it, whom it was paged to and who
took that up, and with what it ended.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.alerts.domain.pages import PageKind
from services.alerts.queries.dispatches import Dispatch
from shared.kernel.vocabulary import AssignmentState, DispatchRole, DispatchState, IncidentState
from shared.persistence.transaction import Transaction

Lines = Iterator[tuple[datetime, str]]
# Whoever has a role and did not look at a question has it from the desk, which noted why, or from an incident that was
# merged.
_WENT = """
SELECT a.id AS assignment_id, a.interrupter_id, a.role, a.state, o.settled_at AS had_at,
       CASE WHEN h.assignment_id IS NOT NULL THEN 'hand' WHEN o.acknowledged_at IS NULL THEN 'merge' ELSE 'yes' END
           AS had_by,
       a.accepted_at, a.en_route_at, a.on_scene_at, a.ended_at
FROM assignments a JOIN offers o ON o.id = a.offer_id LEFT JOIN overrides h ON h.assignment_id = a.id
WHERE a.incident_id = :incident_id ORDER BY o.settled_at, a.id
"""
_PAGED = """
SELECT id AS page_id, kind, raised_at, round AS rounds, state, settled_at, settled_by FROM pages
WHERE incident_id = :incident_id ORDER BY raised_at, id
"""
_ABOUT = {
    PageKind.EXHAUSTED: "nobody was left to ask",
    PageKind.GIVEN_UP: "nobody was found in time and nobody is asked any more",
    PageKind.ESCALATED: "nobody had it",
    PageKind.NOT_ON_SCENE: "somebody was not on scene in time",
    PageKind.WELFARE: "somebody on scene was not heard of",
    PageKind.TRIAGE_OVERDUE: "the triage was not held in time",
}
_INCIDENT = {
    IncidentState.MERGED: "its incident turned out to be another one",
    IncidentState.SCREENED_OUT: "its incident was screened out",
    IncidentState.CLOSED: "its incident was closed",
}


class Went(BaseModel):
    """`had_by`: the person's own yes, a decision by hand, or that the incident they were at was merged into this one;
    `had_at`: when that was, where `accepted_at` is when they first said yes.
    """

    assignment_id: UUID
    interrupter_id: UUID
    call_sign: str | None
    role: DispatchRole
    state: AssignmentState
    had_by: Literal["yes", "hand", "merge"]
    had_at: datetime
    accepted_at: datetime
    en_route_at: datetime | None
    on_scene_at: datetime | None
    ended_at: datetime | None


class Paged(BaseModel):
    """`rounds`: how often it was sent. `settled_by`: who acknowledged it, or whose endpoint; None: it was over."""

    page_id: UUID
    kind: str
    raised_at: datetime
    rounds: int
    state: Literal["open", "acknowledged", "cleared"]
    settled_at: datetime | None
    settled_by: str | None


class Ended(BaseModel):
    """`incident_state`: as it is now; the desk's own stand-down is among what happened."""

    at: datetime
    state: DispatchState
    incident_state: IncidentState
    merged_into: UUID | None


async def went(tx: Transaction, incident_id: UUID, signs: Mapping[UUID, str]) -> list[Went]:
    rows = await tx.rows(_WENT, incident_id=incident_id)
    return [Went(call_sign=signs.get(row["interrupter_id"]), **row) for row in rows]


async def paged(tx: Transaction, incident_id: UUID) -> list[Paged]:
    return [Paged(**row) for row in await tx.rows(_PAGED, incident_id=incident_id)]


def ended(dispatch: Dispatch) -> Ended | None:
    row = dispatch.row
    if row.closed_at is None:
        return None
    merged_into, state = row.incident.get("merged_into"), row.incident["state"]
    return Ended(at=row.closed_at, state=DispatchState(row.state), incident_state=state, merged_into=merged_into)


def went_lines(one: Went) -> Lines:
    if one.had_by == "merge":
        yield one.had_at, f"{one.call_sign} has the role {one.role}: the incident they were at was merged into this one"
    if one.en_route_at is not None:
        yield one.en_route_at, f"{one.call_sign} was on the way"
    if one.on_scene_at is not None:
        yield one.on_scene_at, f"{one.call_sign} was on scene"
    if one.ended_at is not None and one.state is not AssignmentState.REASSIGNED:  # the decision by hand says so
        yield one.ended_at, f"{one.call_sign} was free again: {one.state.replace('_', ' ')}"


def paged_lines(one: Paged) -> Lines:
    about = _ABOUT.get(PageKind(one.kind), one.kind.replace("_", " "))
    yield one.raised_at, f"people were paged that {about}"
    if one.settled_at is not None:
        by = f"was acknowledged by {one.settled_by}" if one.state == "acknowledged" else "was over"
        times = "once" if one.rounds == 1 else f"{one.rounds} times"
        yield one.settled_at, f"the page that {about} {by}, after it was sent {times}"


def ended_lines(one: Ended | None) -> Lines:
    if one is not None:
        why = _INCIDENT.get(one.incident_state)
        into = f" ({one.merged_into})" if one.merged_into else ""
        yield one.at, f"the dispatch was {one.state.replace('_', ' ')}" + (f": {why}{into}" if why else "")
