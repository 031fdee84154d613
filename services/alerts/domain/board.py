"""What a dispatcher sees of a dispatch at a glance: who is wanted, asked and there, what happens next, what is late.

Read from the same facts that the engine judges by, so that the board never announces what will not happen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.alerts.domain.offers import OfferFacts
from shared.kernel.vocabulary import OfferState


class Upcoming(StrEnum):
    """What the clock does if nobody acts before."""

    BYPASS = "bypass"
    OFFER_EXPIRES = "offer_expires"
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


def next_action(actions: Iterable[NextAction]) -> NextAction | None:
    """The first; that an exhausted dispatch is looked at every few seconds is told only if there is nothing else."""
    ordered = sorted(actions, key=lambda one: (one.code is Upcoming.LOOKED_AT_AGAIN, one.at))
    return ordered[0] if ordered else None


def targets_missed(
    targets: Mapping[str, float],
    reached: Mapping[str, datetime | None],
    *,
    activated_at: datetime,
    now: datetime,
    ended_at: datetime | None,
) -> tuple[str, ...]:
    """Which of the policy's targets were reached too late, or are due and not reached, by when they were due.

    `reached` says which milestones are known here; an end before a target was due leaves that target open for ever.
    """
    until = now if ended_at is None else ended_at
    late = []
    for target, seconds in sorted(targets.items(), key=lambda one: one[1]):
        milestone = target.removesuffix("_s")
        if milestone not in reached:
            continue
        due = activated_at + timedelta(seconds=seconds)
        if (reached[milestone] or until) > due:
            late.append(milestone)
    return tuple(late)
