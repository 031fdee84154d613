"""What a person at the desk may do with a whole dispatch, or with the time of a question. Total, and says why not."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.alerts.domain.offers import LIVE
from services.alerts.domain.override import Desk
from shared.kernel.errors import FieldError
from shared.kernel.vocabulary import Decider, DispatchState, OfferState

LONGEST_EXTENSION = timedelta(hours=1)
_CAN_BE_TAKEN_OVER = frozenset({DispatchState.OPEN, DispatchState.EXHAUSTED})


def may_lead(desk: Desk, covering: Collection[UUID]) -> bool:
    """A dispatcher always; a supervisor of who covers the community, or any where nobody does: whoever is paged."""
    return desk.office is Decider.DISPATCHER or desk.organization in covering or not covering


@dataclass(frozen=True, slots=True)
class Goes:
    """It is done."""


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """Repeating it changes nothing."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """The present state does not admit it."""

    why: str


def take_over(state: DispatchState, *, led_by: str | None, by: str) -> Goes | AlreadySo | NotNow:
    """From another who has it too: two at a desk agree by voice, and the last word counts."""
    if state not in _CAN_BE_TAKEN_OVER:
        return NotNow("nobody is wanted any more")
    return AlreadySo() if led_by == by else Goes()


def hand_back(state: DispatchState, *, led_by: str | None) -> Goes | NotNow:
    return NotNow("nobody has taken it over") if led_by is None or state is not DispatchState.OPEN else Goes()


def stand_down(state: DispatchState) -> Goes | AlreadySo | NotNow:
    if state is DispatchState.STOOD_DOWN:
        return AlreadySo()
    return NotNow("it is closed") if state is DispatchState.CLOSED else Goes()


def extend(
    state: OfferState, accept_by: datetime, until: datetime, now: datetime
) -> Goes | AlreadySo | NotNow | FieldError:
    """`until` is the new deadline, so that repeating it changes nothing. Time is given, never taken."""
    if state not in LIVE:
        return NotNow("the offer has ended")
    if until == accept_by:
        return AlreadySo()
    if until < accept_by:
        return FieldError("/accept_by", "is earlier than the present deadline")
    if until > now + LONGEST_EXTENSION:
        return FieldError("/accept_by", "must be within an hour from now")
    return Goes()
