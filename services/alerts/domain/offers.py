"""What becomes of an offer: by an answer, by time, by what its delivery does. Total functions that say why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.kernel.vocabulary import OfferState

LIVE = frozenset({OfferState.OPEN, OfferState.ACKNOWLEDGED})
# A person who was silent, could not be reached or said no may still say yes while nobody has the role.
_LATE_YES = frozenset({OfferState.EXPIRED, OfferState.UNDELIVERABLE, OfferState.DECLINED})


@dataclass(frozen=True)
class OfferFacts:
    state: OfferState
    undelivered_by: datetime
    acknowledge_by: datetime
    accept_by: datetime
    attempted: bool
    delivered: bool
    bypassed: bool

    @property
    def deadline(self) -> datetime:
        return answer_by(self.state, acknowledge_by=self.acknowledge_by, accept_by=self.accept_by)


@dataclass(frozen=True)
class Expire:
    """The person did not react in time: the next one is asked."""


@dataclass(frozen=True)
class Bypass:
    """No phone has taken the message in time: the next one is asked beside it; the offer stays good."""


@dataclass(frozen=True)
class Wait:
    until: datetime


# How soon an offer is looked at again whose message nobody has tried to send yet.
_NOT_TRIED_YET = timedelta(seconds=1)


def answer_by(state: OfferState, *, acknowledge_by: datetime, accept_by: datetime) -> datetime:
    """When a live offer ends if nothing more is tapped; what the engine judges by, and what everybody is told. Whoever
    has not been seen to look has until `acknowledge_by`.
    """
    return accept_by if state is OfferState.ACKNOWLEDGED else min(acknowledge_by, accept_by)


def overdue(offer: OfferFacts, at: datetime) -> Expire | Bypass | Wait:
    """What time alone does to a live offer. Never early: a deadline that equals `at` has passed.

    Silence is held against nobody who was never called: without an attempt (the sender was away) the next person is
    asked beside it, and the offer waits for its message.
    """
    acknowledged = offer.state is OfferState.ACKNOWLEDGED
    deadline = offer.deadline
    if at >= deadline and (offer.attempted or acknowledged):
        return Expire()
    waits_for_delivery = not (acknowledged or offer.delivered or offer.bypassed)
    if waits_for_delivery and at >= offer.undelivered_by:
        return Bypass()
    due = min(deadline, offer.undelivered_by) if waits_for_delivery else deadline
    return Wait(due if due > at else at + _NOT_TRIED_YET)


def may_accept(state: OfferState, *, role_is_unfilled: bool) -> bool:
    """A yes to a live offer counts; so does a late one, as long as nobody has the role. First valid yes wins."""
    return role_is_unfilled and (state in LIVE or state in _LATE_YES)


def may_decline(state: OfferState) -> bool:
    return state in LIVE


def may_acknowledge(state: OfferState) -> bool:
    return state is OfferState.OPEN


@dataclass(frozen=True)
class RoleStand:
    """`wanted` of the policy; `filled` by assignments; `pending` offers, of which `live` were not bypassed."""

    wanted: int
    filled: int
    live: int
    pending: int


def to_ask(stand: RoleStand, parallel_offers: int) -> int:
    """How many more people are to be asked now."""
    missing = stand.wanted - stand.filled
    return max(0, parallel_offers * missing - stand.live) if missing > 0 else 0
