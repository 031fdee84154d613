"""The timer of somebody on scene, judged by time alone."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.domain.check_ins import Ask, Begun, CheckInTimes, Miss, Wait, begin, judge
from services.alerts.responder_terms import responder_terms_of
from shared.kernel.response_words import CheckInState

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
TIMES = CheckInTimes(every=timedelta(minutes=30), warning=timedelta(minutes=2), missed=timedelta(minutes=8))
INSTANT = timedelta(microseconds=1)


def test_a_sign_of_life_is_followed_by_the_next_deadline() -> None:
    due_at = NOON + timedelta(minutes=30)
    assert begin(NOON, TIMES) == Begun(due_at, due_at + timedelta(minutes=2))


def test_who_is_due_is_asked_and_then_has_the_whole_time_to_answer_however_late_the_question_came() -> None:
    late = NOON + timedelta(hours=3)
    assert judge(CheckInState.DUE, NOON, late, TIMES) == Ask(late + timedelta(minutes=8))


def test_who_was_asked_and_did_not_answer_is_missed() -> None:
    assert judge(CheckInState.WARNED, NOON, NOON, TIMES) == Miss()


@pytest.mark.parametrize("state", [CheckInState.DUE, CheckInState.WARNED])
def test_nothing_is_early(state: CheckInState) -> None:
    assert judge(state, NOON, NOON - INSTANT, TIMES) == Wait(NOON)
    assert judge(state, NOON, NOON, TIMES) != Wait(NOON)


def test_who_is_missed_is_not_missed_again_by_time_alone() -> None:
    assert judge(CheckInState.MISSED, None, NOON, TIMES) == Wait(None)


def test_policies_of_before_have_the_defaults() -> None:
    assert responder_terms_of({"page_repeat_s": 120}).check_in == TIMES
    assert responder_terms_of({"page_repeat_s": 120, "check_in_every_s": 60}).check_in.every == timedelta(minutes=1)
