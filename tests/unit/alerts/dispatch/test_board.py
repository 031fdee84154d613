"""What the board says of a dispatch: what happens next, and which targets were missed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerts.domain.board import (
    Milestone,
    NextAction,
    Upcoming,
    milestones,
    next_action,
    of_check_in,
    of_offer,
    of_triage,
    passed,
)
from services.alerts.domain.offers import Bypass, Expire, OfferFacts, overdue
from services.alerts.domain.triage import Overdue, Remind, judge
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import OfferState

MADE = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
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
    assert next_action([page, soon, offer], MADE) == offer
    assert next_action([soon, page], MADE) == page
    assert next_action([soon], MADE) == soon
    assert next_action([], MADE) is None


def test_a_triage_is_announced_as_the_engine_judges_it_and_stays_when_it_is_overdue() -> None:
    due_at, remind_at = MADE + timedelta(days=1), MADE + timedelta(hours=20)
    reminder = of_triage(due_at, remind_at, reminded=False)
    assert reminder == NextAction(Upcoming.TRIAGE_REMINDED, remind_at)
    assert judge(due_at, reminder.at, remind_at=remind_at, quiet=None) == Remind(due_at)
    for next_at, reminded in ((due_at, True), (due_at, False), (None, True)):
        overdue_then = of_triage(due_at, next_at, reminded=reminded)
        assert overdue_then == NextAction(Upcoming.TRIAGE_OVERDUE, due_at)
        assert judge(due_at, overdue_then.at, remind_at=None, quiet=None) == Overdue()
    again, page = NextAction(Upcoming.LOOKED_AT_AGAIN, MADE), NextAction(Upcoming.PAGE_REPEATS, due_at + HOUR)
    assert next_action([reminder, again], MADE) == again
    assert next_action([overdue_then, again, page], due_at) == overdue_then


def test_somebody_nobody_has_heard_of_comes_before_everything_and_a_check_in_in_its_time() -> None:
    overdue_triage = of_triage(MADE - HOUR, None, reminded=True)
    for state, code in ((CheckInState.DUE, Upcoming.CHECK_IN_DUE), (CheckInState.WARNED, Upcoming.CHECK_IN_MISSED)):
        coming = of_check_in(state, MADE + HOUR, "heron")
        assert (coming.code, coming.at, coming.call_sign) == (code, MADE + HOUR, "heron")
        assert next_action([coming, of_offer(OPEN, "crow")], MADE) == of_offer(OPEN, "crow")
    missed_since = of_check_in(CheckInState.MISSED, MADE, "heron")
    assert next_action([overdue_triage, of_offer(OPEN, "crow"), missed_since], MADE) == missed_since


def judged(after_s: float, ended_s: float | None = None, **reached_s: float | None) -> tuple[Milestone, ...]:
    moments = {name: None if at is None else MADE + timedelta(seconds=at) for name, at in reached_s.items()}
    ended = None if ended_s is None else MADE + timedelta(seconds=ended_s)
    return milestones(TARGETS, moments, activated_at=MADE, now=MADE + timedelta(seconds=after_s), ended_at=ended)


def missed(after_s: float, ended_s: float | None = None, **reached_s: float | None) -> tuple[str, ...]:
    return tuple(one.name for one in judged(after_s, ended_s, **reached_s) if one.missed)


def test_a_target_is_missed_when_it_was_reached_late_or_is_due_and_not_reached() -> None:
    assert missed(700, first_attempt=16.0, accepted=600.0) == ("first_attempt",)
    assert missed(600, first_attempt=15.0, accepted=None) == ()
    assert missed(601, first_attempt=15.0, accepted=None) == ("accepted",)


def test_what_ended_before_a_target_was_due_has_not_missed_it() -> None:
    assert missed(9_000, ended_s=300, first_attempt=1.0, accepted=None) == ()


def test_the_end_of_an_incident_is_not_the_end_of_its_triage() -> None:
    assert missed(86_401, ended_s=300, triage=None) == ("triage",)
    assert missed(86_401, ended_s=300, triage=86_400.0) == ()


def test_a_target_whose_milestone_is_not_known_here_is_not_judged() -> None:
    assert missed(100_000, first_attempt=1.0, accepted=2.0) == ()


def test_a_drill_has_passed_when_every_target_was_met_and_not_while_one_may_still_be() -> None:
    in_time = {"first_attempt": 1.0, "accepted": 60.0}
    assert passed(judged(3, first_attempt=None, accepted=None, triage=None)) is None
    assert passed(judged(300, **in_time, triage=None)) is None
    assert passed(judged(90_000, **in_time, triage=7_200.0)) is True
    assert passed(judged(16, first_attempt=None, accepted=None, triage=None)) is False
    assert passed(judged(61, first_attempt=16.0, accepted=60.0, triage=None)) is False
    assert passed(()) is None


def test_a_drill_that_ended_before_a_target_was_met_has_not_passed_but_its_triage_may_still_be_held() -> None:
    assert passed(judged(9, 8, first_attempt=1.0, accepted=None, triage=None)) is False
    assert passed(judged(900, 300, first_attempt=1.0, accepted=60.0, triage=None)) is None
    assert passed(judged(9_000, 300, first_attempt=1.0, accepted=60.0, triage=7_200.0)) is True
    assert passed(judged(86_401, 300, first_attempt=1.0, accepted=60.0, triage=None)) is False
