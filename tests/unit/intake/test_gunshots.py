"""Bursts of detections are few incidents; a broken detection is said by its place and loses no good one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.api.report_body import ReportSaid
from services.intake.feeds.gunshots import read_gunshots
from services.intake.feeds.reading import Unusable
from tests.unit.intake.feed_messages import detection
from tests.unit.intake.memory import grows_by

BEGUN = datetime(2026, 3, 1, 23, 10, tzinfo=UTC)


def at(**after: float) -> str:
    return (BEGUN + timedelta(**after)).isoformat()


def reports(items: list[Any]) -> list[ReportSaid]:
    return [ReportSaid.model_validate(read) for _, read in read_gunshots(items)]


def test_thirty_five_in_a_minute_are_one_report() -> None:
    (report,) = reports([detection(at=at(seconds=1.7 * number)) for number in range(35)])
    assert (report.kind.value, report.weapon.value, report.occurred_at) == ("shots_fired", "firearm", BEGUN)
    assert report.location.accuracy_m == 25.0


def test_six_hundred_in_an_hour_at_four_places_are_few() -> None:
    places = [(38.9312, -77.023), (38.8400, -77.0000), (38.9100, -76.9300), (38.8650, -76.9800)]
    shots = [
        detection(at=at(seconds=6 * number), lat=places[number % 4][0], lon=places[number % 4][1])
        for number in range(600)
    ]
    assert len(reports(shots)) == 4
    in_pieces = {report.source_ref for start in range(0, 600, 20) for report in reports(shots[start : start + 20])}
    assert len(in_pieces) <= 5 * 4


def test_they_are_the_same_in_whatever_order_they_come() -> None:
    shots = [detection(at=at(seconds=30 * number), lat=38.93 + number % 3 * 0.01) for number in range(30)]
    assert reports(shots) == reports(shots[::-1])
    assert len(read_gunshots(shots)) == 3


def test_another_place_a_long_pause_or_a_night_of_it_is_another_report() -> None:
    assert len(reports([detection(), detection(lat=38.9352)])) == 2
    assert len(reports([detection(), detection(at=at(minutes=11))])) == 2
    assert len(reports([detection(at=at(minutes=9 * number)) for number in range(20)])) == 3


def test_a_burst_is_as_accurate_as_it_is_wide() -> None:
    (report,) = reports([detection(), detection(at=at(seconds=2), lat=38.9322)])
    assert report.location.accuracy_m is not None
    assert 130 < report.location.accuracy_m < 140


def test_each_report_has_the_place_of_its_first_detection() -> None:
    later, first, elsewhere = detection(at=at(seconds=9)), detection(), detection(lat=38.84, at=at(minutes=1))
    assert [place for place, _ in read_gunshots([later, elsewhere, {}, first])] == [3, 1, 2]


def test_a_drill_is_never_in_one_burst_with_shots() -> None:
    first, second = reports([detection(), detection(exercise=True)])
    assert {first.exercise, second.exercise} == {True, False}
    assert first.source_ref != second.source_ref


BROKEN: dict[str, tuple[Any, str]] = {
    "null": (None, ""),
    "a text": ("shot", ""),
    "a list": ([], ""),
    "a number": (3, ""),
    "an empty object": ({}, "/at"),
    "a field nobody knows": (detection(caller="x"), ""),
    "no time": (detection(at=...), "/at"),
    "a time in milliseconds": (detection(at=1772406600000), "/at"),
    "a time without offset": (detection(at="2026-03-01T23:10:00"), "/at"),
    "a time in words": (detection(at="midnight"), "/at"),
    "a day that does not exist": (detection(at="2026-02-30T23:10:00Z"), "/at"),
    "an hour that does not exist": (detection(at="2026-03-01T25:10:00Z"), "/at"),
    "the calendar's first day": (detection(at="0001-01-01T00:00:00+14:00"), "/at"),
    "a null time": (detection(at=None), "/at"),
    "no latitude": (detection(lat=...), "/lat"),
    "no longitude": (detection(lon=...), "/lon"),
    "a latitude in text": (detection(lat="38.9312"), "/lat"),
    "a latitude that is true": (detection(lat=True), "/lat"),
    "a latitude that is null": (detection(lat=None), "/lat"),
    "a latitude that is a list": (detection(lat=[38.9]), "/lat"),
    "not a number": (detection(lat=float("nan")), "/lat"),
    "infinity": (detection(lon=float("-inf")), "/lon"),
    "swapped beyond the poles": (detection(lat=-177.0, lon=38.9), "/lat"),
    "micro-degrees": (detection(lat=38931200, lon=-77023000), "/lat"),
    "metres for degrees": (detection(lat=4313000.0), "/lat"),
    "a longitude beyond the globe": (detection(lon=-977.0), "/lon"),
    "an accuracy in text": (detection(accuracy_m="25"), "/accuracy_m"),
    "an accuracy below zero": (detection(accuracy_m=-1), ""),
    "an accuracy of a country": (detection(accuracy_m=1e9), "/accuracy_m"),
    "a null accuracy": (detection(accuracy_m=None), "/accuracy_m"),
    "a drill in words": (detection(exercise="yes"), ""),
    "a drill that is null": (detection(exercise=None), ""),
}


@pytest.mark.parametrize(("item", "pointer"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_said_and_the_good_ones_are_kept(item: Any, pointer: str) -> None:
    (place, good), (index, broken) = read_gunshots([item, detection()])
    assert isinstance(good, dict)
    assert (place, index) == (1, 0)
    assert broken == Unusable(f"/detections/0{pointer}", broken.reason if isinstance(broken, Unusable) else "")


def test_hundreds_of_broken_ones_leave_memory_flat() -> None:
    held, highest = grows_by(lambda: [read_gunshots([item]) for item, _ in BROKEN.values()])
    assert held < 20_000
    assert highest < 3_000_000
