"""What the board says of a dispatch: what happens next, and which targets were missed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerts.domain.board import NextAction, Upcoming, milestones, next_action, of_offer
from services.alerts.domain.offers import Bypass, Expire, OfferFacts, overdue
from shared.kernel.vocabulary import OfferState

MADE = datetime(2026, 1, 1, 12, tzinfo=UTC)
OPEN = OfferFacts(
    state=OfferState.OPEN,
    undelivered_by=MADE + timedelta(seconds=5),
    acknowledge_by=MADE + timedelta(minutes=2),
    accept_by=MADE + timedelta(minutes=5),
    attempted=True,
    delivered=False,
    bypassed=False,
)
OFFERS = [
    OPEN,
    replace(OPEN, delivered=True),
    replace(OPEN, bypassed=True),
    replace(OPEN, state=OfferState.ACKNOWLEDGED),
    replace(OPEN, undelivered_by=MADE + timedelta(hours=1)),
    replace(OPEN, acknowledge_by=MADE + timedelta(hours=1)),
]
TARGETS = {"first_attempt_s": 15.0, "accepted_s": 600.0, "triage_s": 86_400.0}


def test_what_is_announced_is_what_the_engine_does_at_that_moment_and_not_before() -> None:
    just_before = timedelta(microseconds=1)
    outcomes = {Upcoming.BYPASS: Bypass, Upcoming.OFFER_EXPIRES: Expire}
    for offer in OFFERS:
        coming = of_offer(offer, "heron")
        assert isinstance(overdue(offer, coming.at), outcomes[coming.code])
        assert not isinstance(overdue(offer, coming.at - just_before), Bypass | Expire)


def test_the_first_thing_is_announced_and_looking_again_only_if_there_is_nothing_else() -> None:
    soon = NextAction(Upcoming.LOOKED_AT_AGAIN, MADE)
    page, offer = NextAction(Upcoming.PAGE_REPEATS, MADE + timedelta(minutes=2)), of_offer(OPEN, "heron")
    assert next_action([page, soon, offer]) == offer
    assert next_action([soon, page]) == page
    assert next_action([soon]) == soon
    assert next_action([]) is None


def missed(after_s: float, ended_s: float | None = None, **reached_s: float | None) -> tuple[str, ...]:
    moments = {name: None if at is None else MADE + timedelta(seconds=at) for name, at in reached_s.items()}
    ended = None if ended_s is None else MADE + timedelta(seconds=ended_s)
    found = milestones(TARGETS, moments, activated_at=MADE, now=MADE + timedelta(seconds=after_s), ended_at=ended)
    return tuple(one.name for one in found if one.missed)


def test_a_target_is_missed_when_it_was_reached_late_or_is_due_and_not_reached() -> None:
    assert missed(700, first_attempt=16.0, accepted=600.0) == ("first_attempt",)
    assert missed(600, first_attempt=15.0, accepted=None) == ()
    assert missed(601, first_attempt=15.0, accepted=None) == ("accepted",)


def test_what_ended_before_a_target_was_due_has_not_missed_it() -> None:
    assert missed(9_000, ended_s=300, first_attempt=1.0, accepted=None) == ()


def test_a_target_whose_milestone_is_not_known_here_is_not_judged() -> None:
    assert missed(100_000, first_attempt=1.0, accepted=2.0) == ()
