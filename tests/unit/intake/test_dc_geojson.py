"""The crime feed as GeoJSON reads as the CSV file does; a broken feature is named and loses no good one."""

import io
import json
from typing import Any

import pytest

from services.intake.feeds.crime_file import read_crime
from services.intake.feeds.reading import Broken, ReadReport, Skipped, SkipReason
from tests.unit.intake.crime_rows import CITY, row
from tests.unit.intake.feed_messages import feature
from tests.unit.intake.memory import grows_by


def read_bytes(raw: bytes) -> list[ReadReport | Skipped | Broken]:
    return list(read_crime(io.BytesIO(raw), CITY))


def read(*features: Any, **collection: Any) -> list[ReadReport | Skipped | Broken]:
    return read_bytes(json.dumps({"type": "FeatureCollection", "features": list(features)} | collection).encode())


@pytest.mark.parametrize("told", ["2026-03-01T17:20:00Z", "2026-03-01T12:20:00-05:00", 1772385600000])
def test_a_feature_reads_as_the_row_of_the_other_form_does(told: Any) -> None:
    (report,) = read(feature(REPORT_DAT=told, METHOD="KNIFE"))
    columns = "CCN,REPORT_DAT,METHOD,OFFENSE,BLOCK,LATITUDE,LONGITUDE"
    line = row(ccn="26012345", at="2026/03/01 17:20:00+00", method="KNIFE", lat="38.9312", lon="-77.023")
    (same,) = read_bytes(f"{columns}\n{line}\n".encode())
    assert isinstance(report, ReadReport)
    assert isinstance(same, ReadReport)
    assert report.body == same.body
    assert report.idempotency_key == same.idempotency_key


def test_victims_are_counted_and_what_is_not_violent_is_skipped() -> None:
    dead = feature(OFFENSE="HOMICIDE", REPORT_DAT="2026-03-01T05:00:00Z")
    skipped, report = read(dead, feature(CCN="2", OFFENSE="BURGLARY"), dead)
    assert skipped == Skipped(2, SkipReason.NOT_VIOLENT)
    assert isinstance(report, ReadReport)
    assert (report.lines, report.body["killed"], report.body["occurred_precision"]) == ((1, 3), 2, "day")


def test_names_in_small_letters_and_numbers_for_texts_are_read() -> None:
    told = {name.lower(): value for name, value in feature(CCN=26012345)["properties"].items()}
    (report,) = read({"type": "Feature", "properties": told})
    assert isinstance(report, ReadReport)
    assert report.body["source_ref"] == "26012345"


def test_half_a_feed_is_not_taken_for_all_of_it() -> None:
    for cut in ({"exceededTransferLimit": True}, {"properties": {"exceededTransferLimit": True}}):
        broken, report = read(feature(), **cut)
        assert isinstance(report, ReadReport)
        assert isinstance(broken, Broken)
        assert broken.field == "exceededTransferLimit"


FILES: dict[str, bytes] = {
    "nothing in it": b"{",
    "cut off": json.dumps({"features": [feature()] * 3}).encode()[:-40],
    "another encoding": json.dumps({"features": []}).encode("utf-16"),
    "bad utf-8": b'{"features": [], "name": "\xff\xfe"}',
    "no collection": b'{"type": "Feature"}',
    "a list": b"[1, 2]",
    "features in words": b'{"features": "none"}',
    "thirty thousand deep": b"[" * 30_000,
    "a page in its place": b"<html>busy</html>",
    "an error in its place": b'{"error": {"code": 500}}',
    "nothing": b"",
    "another collection": json.dumps({"features": [{"properties": {"WARD": 1}}, None]}).encode(),
    "without one of its columns": json.dumps({"features": [feature(METHOD=...)] * 2}).encode(),
}


@pytest.mark.parametrize("raw", FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_read_is_one_fault(raw: bytes) -> None:
    (broken,) = read_bytes(raw)
    assert isinstance(broken, Broken)
    assert broken.of_all


def test_a_collection_without_features_is_a_feed_in_which_nothing_happened() -> None:
    assert read() == []


FEATURES: dict[str, tuple[Any, str]] = {
    "null": (None, "properties"),
    "a text": ("crime", "properties"),
    "no properties": ({"type": "Feature"}, "properties"),
    "properties that are a list": ({"properties": []}, "properties"),
    "no offence": (feature(OFFENSE=...), "OFFENSE"),
    "an offence that is null": (feature(OFFENSE=None), "OFFENSE"),
    "an offence that is a number": (feature(OFFENSE=4), "OFFENSE"),
    "an offence nobody knows": (feature(OFFENSE="LOITERING"), "OFFENSE"),
    "no method": (feature(METHOD=...), "METHOD"),
    "no time": (feature(REPORT_DAT=...), "REPORT_DAT"),
    "a time that is true": (feature(REPORT_DAT=True), "REPORT_DAT"),
    "a time in words": (feature(REPORT_DAT="yesterday"), "REPORT_DAT"),
    "a time without offset": (feature(REPORT_DAT="2026-03-01T17:20:00"), "REPORT_DAT"),
    "a time beyond all calendars": (feature(REPORT_DAT=1e300), "REPORT_DAT"),
    "a time that is a list": (feature(REPORT_DAT=[1]), "REPORT_DAT"),
    "no latitude": (feature(LATITUDE=...), "LATITUDE"),
    "a latitude in words": (feature(LATITUDE="north"), "LATITUDE"),
    "a latitude that is an object": (feature(LATITUDE={}), "LATITUDE"),
    "a latitude that is true": (feature(LATITUDE=True), "LATITUDE"),
    "swapped": (feature(LATITUDE=-77.023, LONGITUDE=38.9312), "LATITUDE"),
    "nowhere": (feature(LATITUDE=0, LONGITUDE=0), "LATITUDE"),
    "another city": (feature(LATITUDE=39.29, LONGITUDE=-76.61), "LATITUDE"),
    "metres of the state's grid": (feature(LATITUDE=139000.5, LONGITUDE=398000.5), "LATITUDE"),
    "not a number": (feature(LATITUDE=float("nan")), "LATITUDE"),
    "a longitude without end": (feature(LONGITUDE=float("inf")), "LONGITUDE"),
    "a case number with a space": (feature(CCN="2601 2345"), "CCN"),
    "a case number without end": (feature(CCN="2" * 5000), "CCN"),
    "a case number that is a list": (feature(CCN=[1]), "CCN"),
    "an offence of a megabyte": (feature(OFFENSE="X" * 1_000_000), "OFFENSE"),
    "a NUL in the offence": (feature(OFFENSE="HOMICIDE\0"), "OFFENSE"),
}


@pytest.mark.parametrize(("broken", "field"), FEATURES.values(), ids=FEATURES)
def test_a_broken_feature_is_named_and_the_good_ones_go_in(broken: Any, field: str) -> None:
    fault, report = read(feature(CCN="1"), broken)
    assert isinstance(report, ReadReport)
    assert isinstance(fault, Broken)
    assert (fault.line, fault.field) == (2, field)


def test_the_year_1970_is_read_and_refused_by_the_door() -> None:
    (report,) = read(feature(REPORT_DAT=0))
    assert isinstance(report, ReadReport)
    assert report.body["occurred_at"].startswith("1970-01-01")


def test_hundreds_of_broken_ones_leave_memory_flat() -> None:
    held, highest = grows_by(lambda: [read_bytes(raw) for raw in FILES.values()])
    assert held < 20_000
    assert highest < 3_000_000
