"""The week in seconds: order, proportions, and what was fresh stays fresh."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from deploy.local.demo.pace import as_if_now, paced
from deploy.local.demo.replay import made_up_calls
from services.intake.feeds.reading import ReadReport
from shared.kernel.vocabulary import TimePrecision

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 2, 3, 30, 15, 250_000, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


def report(occurred_at: str, *, precision: TimePrecision = TimePrecision.HOUR, ref: str = "a") -> ReadReport:
    known = made_up_calls()[0]
    told = None if precision is TimePrecision.DAY else occurred_at
    body = known.body | {
        "source_ref": ref,
        "occurred_at": occurred_at,
        "occurred_precision": precision,
        "reported_at": told,
    }
    return replace(known, body=body)


def test_reports_come_in_real_order_with_their_gaps_shortened_alike() -> None:
    week = [report("2022-08-22T12:00:00Z"), report("2022-08-22T00:00:00Z"), report("2022-08-23T00:00:00Z")]
    found = paced(week, ZONE, A_MINUTE)
    assert [one.after for one in found] == [timedelta(0), A_MINUTE / 2, A_MINUTE]
    assert found[0].really_at.isoformat() == "2022-08-21T20:00:00-04:00"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_reports_of_one_moment_come_at_once(count: int) -> None:
    found = paced([report("2022-08-22T12:00:00Z")] * count, ZONE, A_MINUTE)
    assert [one.after for one in found] == [timedelta(0)] * count


def test_what_was_fresh_when_reported_is_fresh_when_replayed() -> None:
    body = as_if_now(report("2022-08-22T12:00:00Z"), NOW, ZONE).body
    assert datetime.fromisoformat(body["occurred_at"]) == NOW
    assert body["reported_at"] == body["occurred_at"]
    assert body["occurred_precision"] is TimePrecision.HOUR


def test_a_date_stays_a_date_and_becomes_the_local_today() -> None:
    body = as_if_now(report("2022-08-23T04:00:00Z", precision=TimePrecision.DAY), NOW, ZONE).body
    assert datetime.fromisoformat(body["occurred_at"]).astimezone(ZONE).isoformat() == "2026-03-01T00:00:00-05:00"
    assert (body["occurred_precision"], body["reported_at"]) == (TimePrecision.DAY, None)


def test_the_report_itself_is_left_as_it_was() -> None:
    known = report("2022-08-22T12:00:00Z")
    as_if_now(known, NOW, ZONE)
    assert known.body["occurred_at"] == "2022-08-22T12:00:00Z"
