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
    """What the clock does if nobody acts before. A missed check-in and an overdue triage stay until somebody does."""

    BYPASS = "bypass"
    OFFER_EXPIRES = "offer_expires"
    CHECK_IN_DUE = "check_in_due"
    CHECK_IN_MISSED = "check_in_missed"
    PAGE_REPEATS = "page_repeats"
    ESCALATES = "escalates"
    HANDED_BACK = "handed_back"
    LOOKED_AT_AGAIN = "looked_at_again"
    TRIAGE_REMINDED = "triage_reminded"
    TRIAGE_OVERDUE = "triage_overdue"


_OF_A_TRIAGE = frozenset({Upcoming.TRIAGE_REMINDED, Upcoming.TRIAGE_OVERDUE})
# Owed after the incident's end too.
_OUTLIVES_ITS_INCIDENT = "triage"


@dataclass(frozen=True, slots=True)
class NextAction:
    """`call_sign`: whom it concerns, if it is about one person."""

    code: Upcoming
    at: datetime
    call_sign: str | None = None


def of_offer(offer: OfferFacts, call_sign: str | None) -> NextAction:
    """What becomes of a live offer by time alone: the next person is asked beside it, or it ends."""
    acknowledged = offer.state is OfferState.ACKNOWLEDGED
    waits_for_delivery = not (acknowledged or offer.delivered or offer.bypassed)
    if waits_for_delivery and offer.undelivered_by < offer.deadline:
        return NextAction(Upcoming.BYPASS, offer.undelivered_by, call_sign)
    return NextAction(Upcoming.OFFER_EXPIRES, offer.deadline, call_sign)


def of_check_in(state: CheckInState, at: datetime, call_sign: str | None) -> NextAction:
    """What becomes of somebody on scene who gives no sign of life: they are asked for one at `at`, then they are missed
    at `at`, or since.
    """
    return NextAction(Upcoming.CHECK_IN_DUE if state is CheckInState.DUE else Upcoming.CHECK_IN_MISSED, at, call_sign)


def of_triage(due_at: datetime, next_at: datetime | None, *, reminded: bool) -> NextAction:
    """What becomes of a meeting that is not held: its supervisors are reminded, then it is overdue at `due_at`, or is
    since then. `next_at` None: there is nothing more to be told of it, or it is an exercise's.
    """
    if next_at is not None and next_at < due_at and not reminded:
        return NextAction(Upcoming.TRIAGE_REMINDED, next_at)
    return NextAction(Upcoming.TRIAGE_OVERDUE, due_at)


def next_action(actions: Iterable[NextAction], now: datetime) -> NextAction | None:
    """Somebody whom nobody has heard of before everything; else the first. That an exhausted dispatch is looked at
    every few seconds is told only if there is nothing else but a triage to come.
    """
    ordered = sorted(actions, key=lambda one: (not _is_missing(one, now), one.at))
    again = [one for one in ordered if one.code is Upcoming.LOOKED_AT_AGAIN]
    other = [one for one in ordered if one.code is not Upcoming.LOOKED_AT_AGAIN]
    only_a_triage = all(one.code in _OF_A_TRIAGE and one.at > now for one in other)
    return next(iter([*again, *other] if only_a_triage else other), None)


def _is_missing(one: NextAction, now: datetime) -> bool:
    return one.code is Upcoming.CHECK_IN_MISSED and one.at <= now


@dataclass(frozen=True, slots=True)
class Milestone:
    """`reached_after_s`: None while it is not reached. `missed`: reached too late, or due and not reached.
    `may_be_met`: not reached, and it is not too late.
    """

    name: str
    target_s: float
    reached_after_s: float | None
    missed: bool
    may_be_met: bool

    @property
    def is_met(self) -> bool:
        return self.reached_after_s is not None and not self.missed


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
    found = []
    for target, seconds in sorted(targets.items(), key=lambda one: one[1]):
        name = target.removesuffix("_s")
        if name in reached:
            at = reached[name]
            after_s = None if at is None else (at - activated_at).total_seconds()
            goes_on = ended_at is None or name == _OUTLIVES_ITS_INCIDENT
            until = now if ended_at is None or goes_on else ended_at
            missed = (at or until) > activated_at + timedelta(seconds=seconds)
            may_be_met = at is None and goes_on and not missed
            found.append(Milestone(name, seconds, after_s, missed, may_be_met))
    return tuple(found)


def passed(found: Iterable[Milestone]) -> bool | None:
    """None while it is not decided, as where there is no target to judge by. What the end came before was not shown."""
    judged = tuple(found)
    if any(not (one.is_met or one.may_be_met) for one in judged):
        return False
    return True if judged and all(one.is_met for one in judged) else None
