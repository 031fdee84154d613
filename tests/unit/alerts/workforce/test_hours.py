"""Hours on duty are of the programme's week, and a week's limit is what the policy counts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.alerts.domain.hours import Week, WeeklyHours, after_span, week_began, worked_at

ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


MONDAY, NEXT_MONDAY = local("2026-05-04T00:00"), local("2026-05-11T00:00")


@pytest.mark.parametrize(
    ("at", "monday"),
    [
        ("2026-05-04T00:00", date(2026, 5, 4)),
        ("2026-05-10T23:59", date(2026, 5, 4)),
        ("2026-05-11T00:00", date(2026, 5, 11)),
        ("2026-03-09T00:30", date(2026, 3, 9)),
        ("2026-11-01T23:00", date(2026, 10, 26)),
    ],
)
def test_a_week_begins_on_monday_at_the_programmes_midnight(at: str, monday: date) -> None:
    began = week_began(local(at), ZONE).astimezone(ZONE)
    assert (began.date(), began.hour) == (monday, 0)


def test_spans_of_a_week_add_up() -> None:
    first = after_span(None, MONDAY + 8 * HOUR, MONDAY + 16 * HOUR, ZONE)
    assert first == Week(MONDAY, 8 * HOUR)
    assert after_span(first, MONDAY + 32 * HOUR, MONDAY + 40 * HOUR, ZONE) == Week(MONDAY, 16 * HOUR)


def test_of_a_span_over_the_end_of_the_week_the_new_week_counts_its_part() -> None:
    known = Week(MONDAY, 30 * HOUR)
    assert after_span(known, NEXT_MONDAY - 5 * HOUR, NEXT_MONDAY + 3 * HOUR, ZONE) == Week(NEXT_MONDAY, 3 * HOUR)


def test_what_was_worked_in_another_week_does_not_count() -> None:
    assert worked_at(Week(MONDAY, 30 * HOUR), None, NEXT_MONDAY + HOUR, ZONE) == timedelta(0)
    assert worked_at(Week(MONDAY, 30 * HOUR), None, NEXT_MONDAY - HOUR, ZONE) == 30 * HOUR


def test_the_span_that_has_not_ended_counts() -> None:
    assert worked_at(Week(MONDAY, 30 * HOUR), MONDAY + 40 * HOUR, MONDAY + 45 * HOUR, ZONE) == 35 * HOUR
    assert worked_at(None, NEXT_MONDAY - 9 * HOUR, NEXT_MONDAY + 2 * HOUR, ZONE) == 2 * HOUR


def test_a_clock_that_stood_back_takes_no_hours_away() -> None:
    assert after_span(Week(MONDAY, HOUR), MONDAY + 9 * HOUR, MONDAY + 8 * HOUR, ZONE) == Week(MONDAY, HOUR)


@pytest.mark.parametrize(
    ("alone", "part_time_h", "hours"), [(False, None, 40), (True, None, 30), (False, 20, 20), (True, 20, 15)]
)
def test_the_limit_is_what_the_policy_counts_of_a_full_time_or_a_part_time_week(
    alone: bool, part_time_h: float | None, hours: float
) -> None:
    assert WeeklyHours(30, 10, against_engagement_alone=alone).limit_s(part_time_h) == hours * 3600
