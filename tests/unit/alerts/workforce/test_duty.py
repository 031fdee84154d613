"""Who is on duty at an instant: the plan, and the person's own word until the end of the present shift or gap."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.alerts.domain.duty import AHEAD, Duty, Word, duty_at
from services.alerts.domain.shifts import Plan, Shift, Span

ZONE = ZoneInfo("America/New_York")
DAYS = Plan(shifts=tuple(Shift(UUID(int=n), n, date(2026, 1, 1), None, time(8), time(16)) for n in range(1, 8)))
ROUND_THE_CLOCK = Plan(shifts=tuple(Shift(UUID(int=n), n, date(2026, 1, 1), None, time(), time()) for n in range(1, 8)))


def local(text: str) -> datetime:
    """`day hour:minute` in May 2026."""
    return datetime.strptime(f"2026-05-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "on", "until"),
    [
        ("04 07:59", False, "04 08:00"),
        ("04 08:00", True, "04 16:00"),
        ("04 15:59", True, "04 16:00"),
        ("04 16:00", False, "05 08:00"),
    ],
)
def test_the_plan_decides_from_its_first_instant_until_before_its_last(at: str, on: bool, until: str) -> None:
    assert duty_at(DAYS, None, ZONE, local(at)) == Duty(on, by_word=False, until=local(until))


@pytest.mark.parametrize(
    ("said", "word", "at", "expected"),
    [
        ("04 10:00", False, "04 15:59", (False, True)),
        ("04 10:00", False, "04 16:00", (False, False)),
        ("04 10:00", False, "05 08:00", (True, False)),
        ("04 18:00", True, "05 07:59", (True, True)),
        ("04 18:00", True, "05 08:00", (True, False)),
        ("04 18:00", True, "05 16:00", (False, False)),
        ("04 08:00", False, "04 09:00", (False, True)),
        ("04 07:59", False, "04 09:00", (True, False)),
        ("04 16:00", True, "04 17:00", (True, True)),
        ("04 10:00", True, "04 17:00", (False, False)),
        ("01 18:00", True, "20 03:00", (False, False)),
        ("01 10:00", False, "20 10:00", (True, False)),
    ],
)
def test_a_word_wins_until_the_end_of_the_shift_or_gap_in_which_it_was_said(
    said: str, word: bool, at: str, expected: tuple[bool, bool]
) -> None:
    duty = duty_at(DAYS, Word(word, local(said)), ZONE, local(at))
    assert (duty.on, duty.by_word) == expected


@pytest.mark.parametrize("word", [True, False])
def test_whoever_has_no_shifts_is_what_they_last_said(word: bool) -> None:
    said = Word(word, local("01 10:00"))
    assert duty_at(Plan(), said, ZONE, local("01 10:00") + timedelta(days=900)) == Duty(word, by_word=True, until=None)
    assert duty_at(Plan(), None, ZONE, local("01 10:00")) == Duty(on=False, by_word=False, until=None)


def test_a_plan_without_end_is_looked_at_again() -> None:
    at = local("04 10:00")
    assert duty_at(ROUND_THE_CLOCK, None, ZONE, at) == Duty(on=True, by_word=False, until=at + AHEAD)
    off = duty_at(ROUND_THE_CLOCK, Word(on=False, at=at - timedelta(days=40)), ZONE, at)
    assert off == Duty(on=False, by_word=True, until=at + AHEAD)


def test_nothing_planned_for_long_is_looked_at_again() -> None:
    in_a_year = local("04 10:00") + timedelta(days=365)
    plan = Plan(extras=(Span(in_a_year, in_a_year + timedelta(hours=8)),))
    assert duty_at(plan, None, ZONE, local("04 10:00")).until == local("04 10:00") + AHEAD


def test_an_absence_ends_a_shift_and_with_it_the_word_said_in_it() -> None:
    away = Span(local("04 12:00"), local("04 14:00"))
    plan = Plan(shifts=DAYS.shifts, absences=(away,))
    on_at_eleven = Word(on=True, at=local("04 11:00"))
    assert [duty_at(plan, on_at_eleven, ZONE, local(f"04 {at}")).on for at in ("11:30", "12:00", "14:00")] == [
        True,
        False,
        True,
    ]
