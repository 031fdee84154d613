"""What a dispatcher sees of a dispatch at a glance: who is wanted, asked and there, what happens next, what is late.

Read from the same facts that the engine judges by, so that the board never announces what will not happen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.alerts.domain.offers import OfferFacts
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import OfferState


class Upcoming(StrEnum):
    """What the clock does if nobody acts before."""

    BYPASS = "bypass"
    OFFER_EXPIRES = "offer_expires"
    CHECK_IN_DUE = "check_in_due"
    CHECK_IN_MISSED = "check_in_missed"
    PAGE_REPEATS = "page_repeats"
    ESCALATES = "escalates"
    HANDED_BACK = "handed_back"
    LOOKED_AT_AGAIN = "looked_at_again"


@dataclass(frozen=True, slots=True)
class NextAction:
    """`call_sign`: whom it concerns, if it is about one person."""

    code: Upcoming
    at: datetime
    call_sign: str | None = None


def of_offer(offer: OfferFacts, call_sign: str | None) -> NextAction:
    """What becomes of a live offer by time alone: the next person is asked beside it, or it ends."""
    acknowledged = offer.state is OfferState.ACKNOWLEDGED
    deadline = offer.accept_by if acknowledged else min(offer.acknowledge_by, offer.accept_by)
    waits_for_delivery = not (acknowledged or offer.delivered or offer.bypassed)
    if waits_for_delivery and offer.undelivered_by < deadline:
        return NextAction(Upcoming.BYPASS, offer.undelivered_by, call_sign)
    return NextAction(Upcoming.OFFER_EXPIRES, deadline, call_sign)


def of_check_in(state: CheckInState, next_at: datetime, call_sign: str | None) -> NextAction:
    """What becomes of somebody on scene who gives no sign of life: they are asked for one, then they are missed."""
    asked_already = state is CheckInState.WARNED
    return NextAction(Upcoming.CHECK_IN_MISSED if asked_already else Upcoming.CHECK_IN_DUE, next_at, call_sign)


def next_action(actions: Iterable[NextAction]) -> NextAction | None:
    """The first; that an exhausted dispatch is looked at every few seconds is told only if there is nothing else."""
    ordered = sorted(actions, key=lambda one: (one.code is Upcoming.LOOKED_AT_AGAIN, one.at))
    return ordered[0] if ordered else None


@dataclass(frozen=True, slots=True)
class Milestone:
    """`reached_after_s`: None while it is not reached. `missed`: reached too late, or due and not reached."""

    name: str
    target_s: float
    reached_after_s: float | None
    missed: bool


def milestones(
    targets: Mapping[str, float],
    reached: Mapping[str, datetime | None],
    *,
    activated_at: datetime,
    now: datetime,
    ended_at: datetime | None,
) -> tuple[Milestone, ...]:
    """The policy's targets by when they are due, as far as `reached` knows of them.

    An end before a target was due leaves that target open for ever.
    """
    until = now if ended_at is None else ended_at
    found = []
    for target, seconds in sorted(targets.items(), key=lambda one: one[1]):
        name = target.removesuffix("_s")
        if name in reached:
            at = reached[name]
            after_s = None if at is None else (at - activated_at).total_seconds()
            missed = (at or until) > activated_at + timedelta(seconds=seconds)
            found.append(Milestone(name, seconds, after_s, missed))
    return tuple(found)
