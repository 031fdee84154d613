"""Shifts are local days: at both changes of the clock the local times are kept, and no gap opens between two shifts."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.alerts.domain.shifts import Plan, Shift, Span, end_fault, on_day, planned, shift_faults, span_faults

ZONE = ZoneInfo("America/New_York")
MONDAY = date(2026, 5, 4)
NEW_YEAR = date(2026, 1, 1)
FORWARD, BACK = date(2026, 3, 8), date(2026, 11, 1)


def shift(starts: str, ends: str, *, number: int = 1, **facts: object) -> Shift:
    usual: dict[str, object] = {"weekday": 1, "from_day": NEW_YEAR, "until_day": None} | facts
    return Shift(UUID(int=number), starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), **usual)  # type: ignore[arg-type] # the facts under test


def on(day: date, starts: str, ends: str, *, number: int = 1) -> Shift:
    return shift(starts, ends, number=number, weekday=None, from_day=day)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(day: date, starts: str, ends: str) -> tuple[str, str, float] | None:
    """As local clocks show its begin and end, and how long it really lasts."""
    span = on_day(on(day, starts, ends), day, ZONE)
    if span is None:
        return None
    shown = [f"{at.astimezone(ZONE):%H:%M %Z}" for at in (span.begins, span.ends)]
    return shown[0], shown[1], (span.ends - span.begins) / timedelta(hours=1)


def week(plan: Plan, day: date = MONDAY, days: int = 7) -> list[tuple[str, str]]:
    """What is planned from a local day on, in local times."""
    begins = datetime.combine(day, time(), ZONE).astimezone(UTC)
    window = Span(begins, begins + timedelta(days=days))
    return [
        (f"{span.begins.astimezone(ZONE):%d %H:%M}", f"{span.ends.astimezone(ZONE):%d %H:%M}")
        for span in planned(plan, ZONE, window)
    ]


@pytest.mark.parametrize(
    ("day", "starts", "ends", "expected"),
    [
        (FORWARD - timedelta(days=1), "22:00", "06:00", ("22:00 EST", "06:00 EDT", 7)),
        (BACK - timedelta(days=1), "22:00", "06:00", ("22:00 EDT", "06:00 EST", 9)),
        (FORWARD, "08:00", "16:00", ("08:00 EDT", "16:00 EDT", 8)),
        (BACK, "08:00", "16:00", ("08:00 EST", "16:00 EST", 8)),
        (FORWARD, "02:30", "06:00", ("03:30 EDT", "06:00 EDT", 2.5)),
        (FORWARD - timedelta(days=1), "18:00", "02:30", ("18:00 EST", "03:30 EDT", 8.5)),
        (FORWARD, "02:15", "03:00", None),
        (BACK, "01:30", "06:00", ("01:30 EDT", "06:00 EST", 5.5)),
        (BACK - timedelta(days=1), "18:00", "01:30", ("18:00 EDT", "01:30 EDT", 7.5)),
        (FORWARD, "00:00", "00:00", ("00:00 EST", "00:00 EDT", 23)),
        (BACK, "00:00", "00:00", ("00:00 EDT", "00:00 EST", 25)),
    ],
)
def test_local_times_are_kept_at_both_changes_of_the_clock(
    day: date, starts: str, ends: str, expected: tuple[str, str, float] | None
) -> None:
    assert hours(day, starts, ends) == expected


@pytest.mark.parametrize("day", [FORWARD, BACK])
@pytest.mark.parametrize("at", ["01:00", "01:30", "02:00", "02:30", "03:00"])
def test_where_one_shift_ends_and_the_next_begins_no_gap_opens(day: date, at: str) -> None:
    night, morning = on(day - timedelta(days=1), "20:00", at), on(day, at, "09:00")
    ended, begun = on_day(night, day - timedelta(days=1), ZONE), on_day(morning, day, ZONE)
    assert ended is not None
    assert begun is not None
    assert ended.ends == begun.begins


def test_a_weekly_shift_comes_on_its_weekday_from_its_first_day_until_its_last() -> None:
    mondays = shift("09:00", "17:00", from_day=MONDAY, until_day=MONDAY + timedelta(days=8))
    plan = Plan(shifts=(mondays,))
    assert week(plan, MONDAY - timedelta(days=7), days=35) == [("04 09:00", "04 17:00"), ("11 09:00", "11 17:00")]


def test_a_dated_shift_comes_once_and_not_when_it_was_called_off() -> None:
    assert week(Plan(shifts=(on(MONDAY, "09:00", "17:00"),)), days=35) == [("04 09:00", "04 17:00")]
    called_off = shift("09:00", "17:00", weekday=None, from_day=MONDAY, until_day=MONDAY)
    assert week(Plan(shifts=(called_off,)), days=35) == []


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    sundays = Plan(shifts=(shift("22:00", "06:00", weekday=7),))
    assert week(sundays, days=1) == [("03 22:00", "04 06:00")]


def test_shifts_that_follow_each_other_are_one() -> None:
    plan = Plan(shifts=(shift("08:00", "16:00"), shift("16:00", "23:00", number=2), shift("22:00", "23:30", number=3)))
    assert week(plan) == [("04 08:00", "04 23:30")]


def test_an_absence_takes_away_and_an_extra_shift_adds() -> None:
    absence, extra = utc("2026-05-04T14:00"), utc("2026-05-06T20:00")
    plan = Plan(
        shifts=(shift("08:00", "16:00"),),
        absences=(Span(absence, absence + timedelta(hours=2)),),
        extras=(Span(extra, extra + timedelta(hours=3)),),
    )
    assert week(plan) == [("04 08:00", "04 10:00"), ("04 12:00", "04 16:00"), ("06 16:00", "06 19:00")]


def test_absences_that_overlap_take_away_once_and_also_from_an_extra_shift() -> None:
    begins = utc("2026-05-04T12:00")
    hour = timedelta(hours=1)
    plan = Plan(
        shifts=(shift("08:00", "16:00"),),
        extras=(Span(begins + 8 * hour, begins + 10 * hour),),
        absences=(
            Span(begins + 3 * hour, begins + 6 * hour),
            Span(begins + 2 * hour, begins + 4 * hour),
            Span(begins + 7 * hour, begins + 9 * hour),
        ),
    )
    assert week(plan) == [("04 08:00", "04 10:00"), ("04 14:00", "04 15:00"), ("04 17:00", "04 18:00")]


def test_what_somebody_else_has_taken_over_is_theirs_on_that_day_alone() -> None:
    mondays = shift("08:00", "16:00")
    giver, taker = Plan(shifts=(mondays,), given=frozenset({(mondays.id, MONDAY)})), Plan(taken=((mondays, MONDAY),))
    assert week(giver, days=14) == [("11 08:00", "11 16:00")]
    assert week(taker, days=14) == [("04 08:00", "04 16:00")]


def test_a_shift_taken_over_ends_with_the_shift_itself() -> None:
    ended = shift("08:00", "16:00", from_day=NEW_YEAR, until_day=MONDAY)
    assert week(Plan(taken=((ended, MONDAY),))) == []


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({}, []),
        ({"until_day": MONDAY + timedelta(days=1)}, []),
        ({"until_day": MONDAY}, ["/until_day"]),
        ({"from_day": MONDAY - timedelta(days=366)}, []),
        ({"from_day": MONDAY - timedelta(days=367)}, ["/from_day"]),
        ({"from_day": date.max}, ["/from_day"]),
        ({"weekday": None}, []),
        ({"weekday": None, "from_day": MONDAY - timedelta(days=1)}, ["/from_day"]),
        ({"weekday": None, "until_day": MONDAY + timedelta(days=9)}, ["/until_day"]),
    ],
)
def test_a_shift_runs_forward_and_begins_within_a_year(facts: dict[str, object], wrong: list[str]) -> None:
    kept = shift("08:00", "16:00", **{"from_day": MONDAY} | facts)
    assert [fault.pointer for fault in shift_faults(kept, MONDAY)] == wrong


def test_a_shift_is_ended_earlier_and_never_later() -> None:
    june = date(2026, 6, 1)
    kept = shift("08:00", "16:00", from_day=MONDAY, until_day=june)
    assert [end_fault(kept, day) is None for day in (NEW_YEAR, MONDAY, june, june + timedelta(days=1))] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "kept"),
    [
        (-1, 1, True),
        (1, 2, True),
        (1, 1, False),
        (2, 1, False),
        (-2, -1, False),
        (0, 9000, False),
        (17000, 17600, False),
    ],
)
def test_a_span_runs_forward_into_the_future_for_a_year_at_most(begins: int, ends: int, *, kept: bool) -> None:
    now = utc("2026-05-04T12:00")
    span = Span(now + timedelta(hours=begins), now + timedelta(hours=ends))
    assert [fault.pointer for fault in span_faults(span, now)] == ([] if kept else ["/ends_at"])
