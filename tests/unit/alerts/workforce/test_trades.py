"""Trades of shifts: whose word they need, and what keeps somebody from giving or taking one."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.alerts.domain.shifts import Plan, Shift, Span, on_day
from services.alerts.domain.trades import (
    Acting,
    Already,
    Held,
    NotYours,
    Over,
    Request,
    Settled,
    Side,
    TradeState,
    given_fault,
    lapses,
    settle,
    state_at,
    taken_fault,
)

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MONDAY = date(2026, 5, 4)
HERON, KESTREL, TEAL = UUID(int=1), UUID(int=2), UUID(int=3)
DAYS = Shift(UUID(int=11), 1, date(2026, 1, 1), None, time(8), time(16))
EVENINGS = Shift(UUID(int=12), 1, date(2026, 1, 1), None, time(15), time(23))
NIGHTS = Shift(UUID(int=13), 1, date(2026, 1, 1), None, time(16), time(23))
PLANNER = Acting(None, plans=True)
EFFECTIVE, DECLINED, WITHDRAWN = TradeState.EFFECTIVE, TradeState.DECLINED, TradeState.WITHDRAWN


def asked(by: UUID | None = HERON, state: TradeState = TradeState.REQUESTED) -> Request:
    """Heron gives the day shift to kestrel."""
    return Request(Side(HERON, (DAYS.id, MONDAY)), Side(KESTREL, None), by, state, NOW + timedelta(hours=8))


def worker(who: UUID) -> Acting:
    return Acting(who, plans=False)


@pytest.mark.parametrize(
    ("by", "wanted", "allowed"),
    [
        (worker(HERON), EFFECTIVE, False),
        (worker(HERON), DECLINED, False),
        (worker(HERON), WITHDRAWN, True),
        (worker(KESTREL), EFFECTIVE, True),
        (worker(KESTREL), DECLINED, True),
        (worker(KESTREL), WITHDRAWN, False),
        (worker(TEAL), EFFECTIVE, False),
        (worker(TEAL), WITHDRAWN, False),
        (Acting(None, plans=False), EFFECTIVE, False),
        (Acting(None, plans=False), WITHDRAWN, False),
        (PLANNER, EFFECTIVE, True),
        (PLANNER, DECLINED, True),
        (PLANNER, WITHDRAWN, True),
    ],
)
def test_whose_word_it_needs(by: Acting, wanted: TradeState, *, allowed: bool) -> None:
    assert settle(asked(), wanted, by, NOW) == (Settled(wanted) if allowed else NotYours())


def test_whoever_takes_a_shift_may_also_be_who_asks() -> None:
    assert settle(asked(by=KESTREL), EFFECTIVE, worker(HERON), NOW) == Settled(EFFECTIVE)
    assert settle(asked(by=KESTREL), EFFECTIVE, worker(KESTREL), NOW) == NotYours()


def test_nobody_asked_where_it_was_decided_so_that_nobody_takes_it_back() -> None:
    assert settle(asked(by=None, state=EFFECTIVE), WITHDRAWN, Acting(None, plans=False), NOW) == NotYours()


@pytest.mark.parametrize("state", [EFFECTIVE, DECLINED, WITHDRAWN])
def test_what_is_settled_stays_settled(state: TradeState) -> None:
    assert settle(asked(state=state), state, PLANNER, NOW) == Already()
    for other in {EFFECTIVE, DECLINED, WITHDRAWN} - {state}:
        assert settle(asked(state=state), other, PLANNER, NOW) == Over(state)


def test_a_request_lapses_at_its_time_and_what_was_settled_does_not() -> None:
    late = NOW + timedelta(hours=8)
    assert settle(asked(), EFFECTIVE, worker(KESTREL), late - timedelta(seconds=1)) == Settled(EFFECTIVE)
    assert settle(asked(), EFFECTIVE, worker(KESTREL), late) == Over(TradeState.LAPSED)
    assert state_at(EFFECTIVE, late, late) is EFFECTIVE


def test_a_shift_to_come_may_be_traded_until_it_begins_and_the_rest_of_one_that_goes_on_until_it_is_over() -> None:
    shift = Span(NOW + timedelta(hours=2), NOW + timedelta(hours=10))
    assert lapses(shift, NOW) == shift.begins
    assert lapses(shift, shift.begins) == lapses(shift, shift.begins + timedelta(hours=1)) == shift.ends


@pytest.mark.parametrize(
    ("held", "fault"),
    [
        (Held(DAYS, MONDAY, HERON), None),
        (None, "begins"),
        (Held(DAYS, MONDAY + timedelta(days=1), HERON), "begins"),
        (Held(DAYS, MONDAY, TEAL), "not this person's"),
        (Held(DAYS, MONDAY - timedelta(days=7), HERON), "over"),
    ],
)
def test_one_gives_what_one_has_and_is_not_over(held: Held | None, fault: str | None) -> None:
    said = given_fault(held, HERON, ZONE, NOW)
    assert (said is None) if fault is None else (said is not None and fault in said)


def taking(plan: Plan, shift: Shift, *gives: Held) -> str | None:
    span = on_day(shift, MONDAY, ZONE)
    assert span is not None
    return taken_fault(plan, gives, span, ZONE)


def test_nobody_takes_a_shift_beside_another_at_the_same_time_unless_it_is_given_in_return() -> None:
    own = Plan(shifts=(DAYS,))
    assert taking(own, EVENINGS) == "has a shift at that time"
    assert taking(own, EVENINGS, Held(DAYS, MONDAY, HERON)) is None
    assert taking(own, NIGHTS) is None
    assert taking(Plan(), DAYS) is None


def test_what_was_taken_over_counts_and_may_be_given_on() -> None:
    took = Plan(taken=((DAYS, MONDAY),))
    assert taking(took, EVENINGS) == "has a shift at that time"
    assert taking(took, EVENINGS, Held(DAYS, MONDAY, HERON)) is None


def test_nobody_takes_a_shift_while_absent() -> None:
    away = Plan(absences=(Span(NOW, NOW + timedelta(hours=1)),))
    assert taking(away, DAYS) == "is absent at that time"
