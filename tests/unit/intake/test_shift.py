"""A real week moved to now keeps its distances, and its dates stay dates."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.intake.feeds.dc_crime import read_dc_crime
from services.intake.feeds.reading import ReadReport
from services.intake.feeds.shift import shift_to
from services.intake.programme import load_programme
from shared.kernel.vocabulary import TimePrecision

DC = Path(__file__).parents[3] / "deploy" / "programs" / "dc_onse"
ZONE = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def week() -> list[ReadReport]:
    with (DC / "demo_week.csv").open("rb") as stream:
        return [read for read in read_dc_crime(stream, load_programme(DC).city) if isinstance(read, ReadReport)]


def at(report: ReadReport) -> datetime:
    return datetime.fromisoformat(report.body["occurred_at"])


NOW = [
    datetime(2026, 11, 22, 22, 59, 30, 123456, tzinfo=UTC),
    datetime(2026, 3, 8, 7, 0, 1, tzinfo=UTC),  # the hour that summer time skips, in Washington
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # the hour that happens twice
    datetime(2026, 7, 1, 3, 59, tzinfo=UTC),
]


@pytest.mark.parametrize("now", NOW)
def test_the_newest_becomes_now_and_the_others_keep_their_distance(week: list[ReadReport], now: datetime) -> None:
    timed = [report for report in shift_to(week, now, ZONE) if report.body["occurred_precision"] != "day"]
    before = sorted(at(report) for report in week if report.body["occurred_precision"] != "day")
    after = [at(report) for report in timed]
    assert after[-1] == now.replace(microsecond=0)
    assert [one - after[0] for one in after] == [one - before[0] for one in before]
    assert all(report.body["reported_at"] == report.body["occurred_at"] for report in timed)


@pytest.mark.parametrize("now", NOW)
def test_dates_stay_local_midnights_and_never_lie_ahead(week: list[ReadReport], now: datetime) -> None:
    dated = [report for report in shift_to(week, now, ZONE) if report.body["occurred_precision"] is TimePrecision.DAY]
    assert len(dated) == 7
    for report in dated:
        assert at(report).astimezone(ZONE).time() == time(0)
        assert at(report) <= now
        assert now - at(report) < timedelta(days=8)


def test_the_same_reports_are_there_once_each_and_with_keys_of_their_own(week: list[ReadReport]) -> None:
    shifted = shift_to(week, NOW[0], ZONE)
    assert sorted(one.lines for one in shifted) == sorted(one.lines for one in week)
    assert not {one.idempotency_key for one in shifted} & {one.idempotency_key for one in week}
    assert week[0].body["occurred_at"].startswith("2022-08")


def test_nothing_moved_is_nothing() -> None:
    assert shift_to([], NOW[0], ZONE) == ()
