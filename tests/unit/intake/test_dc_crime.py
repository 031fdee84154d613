"""The police file's quirks, one at a time. Every row ends as part of a report, as skipped or as broken."""

import pytest

from services.intake.feeds.reading import ReadReport, Skipped, SkipReason
from tests.unit.intake.crime_rows import ASSAULT, homicide, read, row, the_report


def test_a_row_becomes_the_body_that_everybody_posts() -> None:
    assert the_report(row()).body == {
        "source_ref": "22127349",
        "kind": "shooting",
        "occurred_at": "2022-08-24T16:07:14Z",
        "occurred_precision": "hour",
        "reported_at": "2022-08-24T16:07:14Z",
        "location": {"lat": 38.88546655, "lon": -77.03195806, "accuracy_m": 150.0},
        "injured": None,
        "killed": None,
        "weapon": "firearm",
        "relationship": "unknown",
        "juvenile_involved": None,
        "believed_group_related": None,
        "active_threat": False,
        "exercise": False,
    }


@pytest.mark.parametrize(
    ("offense", "method", "kind", "weapon"),
    [
        ("HOMICIDE", "GUN", "homicide", "firearm"),
        ("HOMICIDE", "OTHERS", "homicide", "other"),
        ("HOMICIDE", "", "homicide", "unknown"),
        (ASSAULT, "GUN", "shooting", "firearm"),
        (ASSAULT, "CAR JACKING - GUN", "shooting", "firearm"),
        (ASSAULT, "KNIFE", "stabbing", "knife"),
        (ASSAULT, "OTHERS", "assault", "other"),
        (ASSAULT, "", "assault", "unknown"),
        ("ROBBERY", "GUN", "armed_robbery", "firearm"),
        ("robbery", "knife", "armed_robbery", "knife"),
    ],
)
def test_offence_and_method_give_kind_and_weapon(offense: str, method: str, kind: str, weapon: str) -> None:
    body = the_report(row(offense=offense, method=method)).body
    assert (body["kind"], body["weapon"]) == (kind, weapon)


@pytest.mark.parametrize(
    ("offense", "method", "reason"),
    [
        ("THEFT/OTHER", "OTHERS", SkipReason.NOT_VIOLENT),
        ("THEFT F/AUTO", "GUN", SkipReason.NOT_VIOLENT),
        ("MOTOR VEHICLE THEFT", "OTHERS", SkipReason.NOT_VIOLENT),
        ("BURGLARY", "OTHERS", SkipReason.NOT_VIOLENT),
        ("ARSON", "OTHERS", SkipReason.NOT_VIOLENT),
        ("SEX ABUSE", "KNIFE", SkipReason.SEX_ABUSE),
        ("ROBBERY", "OTHERS", SkipReason.ROBBERY_WITHOUT_GUN_OR_KNIFE),
        ("ROBBERY", "", SkipReason.ROBBERY_WITHOUT_GUN_OR_KNIFE),
    ],
)
def test_what_is_not_the_programmes_is_skipped_with_a_reason(offense: str, method: str, reason: SkipReason) -> None:
    assert read(row(offense=offense, method=method)) == [Skipped(2, reason)]


@pytest.mark.parametrize("midnight", ["2022/08/24 04:00:00+00", "2022/01/24 05:00:00+00"])
def test_a_homicide_at_local_midnight_is_a_day_and_pretends_to_no_time(midnight: str) -> None:
    body = the_report(homicide(at=midnight)).body
    assert (body["occurred_precision"], body["reported_at"]) == ("day", None)


@pytest.mark.parametrize(
    ("at", "precision", "instant"),
    [
        ("2022/08/24 00:00:00+00", "hour", "2022-08-24T00:00:00Z"),
        ("2022/08/24 04:00:01+00", "hour", "2022-08-24T04:00:01Z"),
        ("2022/08/24 12:07:14-04", "hour", "2022-08-24T16:07:14Z"),
        ("2022/08/24 12:07:14-0400", "hour", "2022-08-24T16:07:14Z"),
        ("2022/08/24", "day", "2022-08-24T04:00:00Z"),
    ],
)
def test_times_are_kept_to_the_second_and_a_bare_date_stays_a_day(at: str, precision: str, instant: str) -> None:
    body = the_report(row(at=at)).body
    assert (body["occurred_precision"], body["occurred_at"]) == (precision, instant)


@pytest.mark.parametrize("victims", [1, 2, 3])
def test_identical_homicide_rows_are_further_victims_of_one_incident(victims: int) -> None:
    report = the_report(*[homicide()] * victims)
    assert report.body["killed"] == victims
    assert report.victims == victims
    assert report.lines == tuple(range(2, 2 + victims))


def test_identical_rows_far_apart_are_still_one_incident() -> None:
    first, second = read(homicide(), row(ccn="22000001"), homicide())
    assert isinstance(first, ReadReport)
    assert isinstance(second, ReadReport)
    assert (first.lines, first.body["killed"], second.lines) == ((2, 4), 2, (3,))


def test_identical_assault_rows_are_victims_of_one_incident_and_nobody_is_said_to_be_injured() -> None:
    report = the_report(row(), row())
    assert (report.victims, report.body["injured"], report.body["killed"]) == (2, None, None)


def test_another_offence_under_the_same_number_is_another_fact_about_one_incident() -> None:
    at = "2022/08/24 23:30:00+00"
    report = the_report(
        row(ccn="22122051", at=at, method="KNIFE", offense="ROBBERY"), homicide(), row(ccn="22122051", at=at)
    )
    assert report.body["kind"] == "homicide"
    assert report.body["killed"] == 1
    assert (report.body["occurred_at"], report.body["occurred_precision"]) == ("2022-08-24T23:30:00Z", "hour")


def test_rows_without_a_number_keep_one_reference_over_files_and_belong_together_by_place_and_time() -> None:
    report = the_report(row(ccn=""), row(ccn=" "))
    later, elsewhere = read(row(ccn=""), row(ccn="", lat="38.9"))
    assert isinstance(later, ReadReport)
    assert isinstance(elsewhere, ReadReport)
    assert report.victims == 2
    assert report.body["source_ref"] == later.body["source_ref"] != elsewhere.body["source_ref"]
    assert str(report.body["source_ref"]).startswith("row:")


def test_the_same_rows_give_the_same_key_and_a_changed_row_another() -> None:
    assert the_report(row()).idempotency_key == the_report(row()).idempotency_key
    keys = {the_report(changed).idempotency_key for changed in (row(), row(method="KNIFE"), row(lat="38.9"))}
    assert len(keys) == 3
