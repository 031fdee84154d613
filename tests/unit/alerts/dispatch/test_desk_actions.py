"""What a person at the desk may do, and when it changes nothing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.alerts.domain.desk_actions import (
    LONGEST_EXTENSION,
    AlreadySo,
    Goes,
    NotNow,
    extend,
    hand_back,
    may_lead,
    stand_down,
    take_over,
)
from services.alerts.domain.override import Desk
from shared.kernel.errors import FieldError
from shared.kernel.vocabulary import Decider, DispatchState, OfferState

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
OURS, THEIRS = UUID(int=1), UUID(int=2)
DISPATCHER = Desk("desk-1", Decider.DISPATCHER)


@pytest.mark.parametrize(
    ("desk", "covering", "expected"),
    [
        (DISPATCHER, {OURS}, True),
        (Desk("s", Decider.SUPERVISOR, OURS), {OURS, THEIRS}, True),
        (Desk("s", Decider.SUPERVISOR, THEIRS), {OURS}, False),
        (Desk("s", Decider.SUPERVISOR, THEIRS), set(), True),
        (Desk("s", Decider.SUPERVISOR), {OURS}, False),
    ],
)
def test_whoever_is_paged_may_lead(desk: Desk, covering: set[UUID], expected: bool) -> None:
    assert may_lead(desk, covering) is expected


def test_what_still_wants_somebody_can_be_taken_over_also_from_another() -> None:
    for state in (DispatchState.OPEN, DispatchState.EXHAUSTED):
        assert take_over(state, led_by=None, by="desk-1") == Goes()
    assert take_over(DispatchState.OPEN, led_by="desk-2", by="desk-1") == Goes()
    assert take_over(DispatchState.OPEN, led_by="desk-1", by="desk-1") == AlreadySo()
    for state in (DispatchState.STAFFED, DispatchState.CLOSED, DispatchState.STOOD_DOWN):
        assert isinstance(take_over(state, led_by=None, by="desk-1"), NotNow)


def test_only_what_was_taken_over_is_handed_back() -> None:
    assert hand_back(DispatchState.OPEN, led_by="desk-1") == Goes()
    assert isinstance(hand_back(DispatchState.OPEN, led_by=None), NotNow)


def test_a_response_is_stood_down_once() -> None:
    assert stand_down(DispatchState.STAFFED) == Goes()
    assert stand_down(DispatchState.STOOD_DOWN) == AlreadySo()
    assert isinstance(stand_down(DispatchState.CLOSED), NotNow)


def test_time_is_given_and_never_taken() -> None:
    by = NOW + timedelta(minutes=5)
    assert extend(OfferState.OPEN, by, by + timedelta(minutes=5), NOW) == Goes()
    assert extend(OfferState.ACKNOWLEDGED, by, by, NOW) == AlreadySo()
    assert isinstance(extend(OfferState.OPEN, by, by - timedelta(seconds=1), NOW), FieldError)
    assert extend(OfferState.OPEN, by, NOW + LONGEST_EXTENSION, NOW) == Goes()
    assert isinstance(extend(OfferState.OPEN, by, NOW + LONGEST_EXTENSION + timedelta(seconds=1), NOW), FieldError)
    for state in set(OfferState) - {OfferState.OPEN, OfferState.ACKNOWLEDGED}:
        assert isinstance(extend(state, by, by + timedelta(minutes=1), NOW), NotNow)
