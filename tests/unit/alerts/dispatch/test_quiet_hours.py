"""What waits until morning, on the programme's own clock."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.alerts.domain.quiet_hours import QuietHours, goes_out_at
from shared.kernel.vocabulary import MayWait

DC = ZoneInfo("America/New_York")
NIGHT = QuietHours(time(22), time(7), frozenset({MayWait.ROSTER_GAP}), DC)


@pytest.mark.parametrize(
    ("at", "goes_out"),
    [
        ("2026-01-10T21:59:59-05:00", "2026-01-10T21:59:59-05:00"),
        ("2026-01-10T22:00:00-05:00", "2026-01-11T07:00:00-05:00"),
        ("2026-01-11T06:59:59-05:00", "2026-01-11T07:00:00-05:00"),
        ("2026-01-11T07:00:00-05:00", "2026-01-11T07:00:00-05:00"),
        # The night in which the clocks go forward is an hour shorter.
        ("2026-03-07T23:00:00-05:00", "2026-03-08T07:00:00-04:00"),
    ],
)
def test_what_falls_into_the_night_goes_out_in_the_morning(at: str, goes_out: str) -> None:
    moment = datetime.fromisoformat(at).astimezone(UTC)
    assert goes_out_at(NIGHT, MayWait.ROSTER_GAP, moment) == datetime.fromisoformat(goes_out)


def test_what_the_policy_does_not_name_goes_out_at_once_and_so_does_everything_without_quiet_hours() -> None:
    midnight = datetime(2026, 1, 11, 5, tzinfo=UTC)
    assert goes_out_at(NIGHT, MayWait.TRIAGE_REMINDER, midnight) == midnight
    assert goes_out_at(None, MayWait.ROSTER_GAP, midnight) == midnight


def test_quiet_hours_of_one_day() -> None:
    siesta = QuietHours(time(13), time(15), frozenset(MayWait), DC)
    noon, two = (datetime(2026, 1, 10, hour, tzinfo=DC) for hour in (12, 14))
    assert goes_out_at(siesta, MayWait.ROSTER_GAP, noon) == noon
    assert goes_out_at(siesta, MayWait.ROSTER_GAP, two).astimezone(DC).time() == time(15)


def test_no_policy_can_make_a_question_or_a_page_wait() -> None:
    assert set(MayWait) == {MayWait.TRIAGE_REMINDER, MayWait.ROSTER_GAP}
