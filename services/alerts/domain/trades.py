"""Two people exchange shifts (a swap), or one takes over another's (a cover): who has a say, and what it needs.

Whoever asks needs the other's agreement; whoever plans both people's duty decides outright. It is about single days:
the weekly shifts stay whose they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from uuid import UUID

from services.alerts.domain.shifts import Occurrence, Plan, Shift, Span, on_day, planned


class TradeState(StrEnum):
    """`lapsed`: nobody answered before the first of the shifts began; whoever asked is told."""

    REQUESTED = "requested"
    EFFECTIVE = "effective"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Side:
    """`gives` None: nothing in return."""

    interrupter_id: UUID
    gives: Occurrence | None


@dataclass(frozen=True, slots=True)
class Request:
    """`requested_by` None: whoever plans their duty has decided it."""

    giver: Side
    taker: Side
    requested_by: UUID | None
    state: TradeState
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class Acting:
    """`worker`: the caller's own record. `plans`: plans the duty of both."""

    worker: UUID | None
    plans: bool


@dataclass(frozen=True, slots=True)
class Settled:
    state: TradeState


@dataclass(frozen=True, slots=True)
class Already:
    """It is so already: repeating it changes nothing."""


@dataclass(frozen=True, slots=True)
class NotYours:
    """Somebody else's word is needed."""


@dataclass(frozen=True, slots=True)
class Over:
    state: TradeState


def state_at(state: TradeState, lapses_at: datetime, at: datetime) -> TradeState:
    return TradeState.LAPSED if state is TradeState.REQUESTED and at >= lapses_at else state


def lapses(shift: Span, asked_at: datetime) -> datetime:
    """Until when somebody can agree: before it begins; to the rest of one that goes on, before it is over."""
    return shift.begins if shift.begins > asked_at else shift.ends


def settle(request: Request, wanted: TradeState, by: Acting, at: datetime) -> Settled | Already | NotYours | Over:
    """`wanted`: effective and declined are for the other person to say, withdrawn for whoever asked."""
    asked = by.worker is not None and by.worker == request.requested_by
    parties = {request.giver.interrupter_id, request.taker.interrupter_id}
    other = by.worker in parties and not asked
    if not (by.plans or (asked if wanted is TradeState.WITHDRAWN else other)):
        return NotYours()
    state = state_at(request.state, request.lapses_at, at)
    if state is wanted:
        return Already()
    return Settled(wanted) if state is TradeState.REQUESTED else Over(state)


@dataclass(frozen=True, slots=True)
class Held:
    """A shift on a day as it stands: who has it, once every earlier trade counts."""

    shift: Shift
    day: date
    holder: UUID


def given_fault(held: Held | None, giver: UUID, zone: tzinfo, at: datetime) -> str | None:
    """Why somebody cannot give this away; None if they can."""
    span = None if held is None else on_day(held.shift, held.day, zone)
    if held is None or span is None:
        return "is not a day on which this shift begins"
    if held.holder != giver:
        return "is not this person's shift on that day"
    return "is over" if span.ends <= at else None


def taken_fault(plan: Plan, gives: Iterable[Held], taken: Span, zone: tzinfo) -> str | None:
    """Why somebody cannot take this over; None if they can. `gives`: what they have no more then."""
    if any(absence.meets(taken) for absence in plan.absences):
        return "is absent at that time"
    gone = frozenset((held.shift.id, held.day) for held in gives)
    left = replace(
        plan,
        given=plan.given | gone,
        taken=tuple((shift, day) for shift, day in plan.taken if (shift.id, day) not in gone),
        absences=(),
    )
    return "has a shift at that time" if planned(left, zone, taken) else None
