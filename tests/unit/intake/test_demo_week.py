"""One real week through the whole pure half: read, located, screened, decided. The counts are exact."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.intake.areas_index import AreasIndex
from services.intake.domain.activation import Automatic, Candidate, Obstacle, Timing, decide
from services.intake.domain.location import choose_area
from services.intake.domain.screening import InScope, Screened, screen
from services.intake.feeds.dc_crime import read_dc_crime
from services.intake.feeds.reading import Broken, ReadReport, Skipped, SkipReason
from services.intake.programme import Programme, load_programme
from shared.kernel.vocabulary import AreaKind, SourceKind, TimePrecision
from tests.support.intake import dc_areas

DC = Path(__file__).parents[3] / "deploy" / "programs" / "dc_onse"


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(DC)


@pytest.fixture(scope="module")
def week(programme: Programme) -> list[ReadReport | Skipped | Broken]:
    with (DC / "demo_week.csv").open("rb") as stream:
        return list(read_dc_crime(stream, programme.city))


@pytest.fixture(scope="module")
def reports(week: list[ReadReport | Skipped | Broken]) -> list[ReadReport]:
    return [read for read in week if isinstance(read, ReadReport)]


def timing(report: ReadReport) -> Timing:
    told = report.body["reported_at"]
    return Timing(
        datetime.fromisoformat(report.body["occurred_at"]),
        report.body["occurred_precision"],
        None if told is None else datetime.fromisoformat(told),
    )


def test_every_row_of_the_week_is_accounted_for_once(week: list[ReadReport | Skipped | Broken]) -> None:
    lines = [line for read in week for line in (read.lines if isinstance(read, ReadReport) else (read.line,))]
    assert sorted(lines) == list(range(2, 349))
    assert not [read for read in week if isinstance(read, Broken)]


def test_what_is_skipped_is_counted_by_reason(week: list[ReadReport | Skipped | Broken]) -> None:
    assert Counter(read.reason for read in week if isinstance(read, Skipped)) == {
        SkipReason.NOT_VIOLENT: 265,
        SkipReason.ROBBERY_WITHOUT_GUN_OR_KNIFE: 14,
        SkipReason.SEX_ABUSE: 8,
    }


def test_sixty_violent_rows_are_fifty_nine_incidents(reports: list[ReadReport]) -> None:
    assert Counter((report.body["kind"], report.body["weapon"]) for report in reports) == {
        ("armed_robbery", "firearm"): 22,
        ("armed_robbery", "knife"): 1,
        ("shooting", "firearm"): 16,
        ("stabbing", "knife"): 9,
        ("homicide", "firearm"): 6,
        ("homicide", "other"): 1,
        ("assault", "other"): 4,
    }
    assert sum(report.victims for report in reports) == 60


def test_the_double_homicide_of_the_week_is_one_incident_with_two_killed(reports: list[ReadReport]) -> None:
    (double,) = (report for report in reports if report.victims > 1)
    assert (double.body["source_ref"], double.body["killed"]) == ("22122051", 2)
    assert sum(report.body["killed"] or 0 for report in reports) == 8


def test_homicides_are_days_and_all_else_is_a_time(reports: list[ReadReport]) -> None:
    days = {report.body["kind"] for report in reports if report.body["occurred_precision"] == "day"}
    times = {report.body["kind"] for report in reports if report.body["occurred_precision"] == "hour"}
    assert days == {"homicide"}
    assert times == {"shooting", "stabbing", "armed_robbery", "assault"}


def test_every_incident_has_its_own_reference_and_key(reports: list[ReadReport]) -> None:
    assert len({report.body["source_ref"] for report in reports}) == len(reports) == 59
    assert len({report.idempotency_key for report in reports}) == 59


def test_most_incidents_lie_in_no_community_and_all_in_one_ward(
    programme: Programme, reports: list[ReadReport]
) -> None:
    within_m = programme.nearest_community_within_m
    index = AreasIndex(dc_areas(), {AreaKind.COMMUNITY: within_m})
    where: Counter[str] = Counter()
    for report in reports:
        found = index.locate(report.body["location"]["lat"], report.body["location"]["lon"])
        assert len(found[AreaKind.WARD]) == 1
        community = choose_area(found[AreaKind.COMMUNITY], within_m=within_m)
        where["none" if community is None else "inside" if community.distance_m == 0 else "near"] += 1
    assert where == {"inside": 5, "near": 13, "none": 41}


def decided(programme: Programme, report: ReadReport, *, later: timedelta) -> Counter[Obstacle | None]:
    known = Screened(report.body["kind"], report.body["relationship"])
    assert screen(known, programme.exclusions) == InScope()
    when = timing(report)
    candidate = Candidate(SourceKind.POLICE, report.body["kind"], in_scope=True, timing=when)
    decision = decide(candidate, programme.activation, when.occurred_at + later)
    return Counter([None] if isinstance(decision, Automatic) else decision.obstacles)


def test_told_within_minutes_the_shootings_and_stabbings_activate_and_the_homicides_wait_for_a_person(
    programme: Programme, reports: list[ReadReport]
) -> None:
    decisions = sum((decided(programme, report, later=timedelta(minutes=5)) for report in reports), Counter())
    assert decisions == {None: 25, Obstacle.KIND_NOT_AUTOMATIC: 27, Obstacle.DAY_ONLY: 7}


@pytest.mark.parametrize("later", [timedelta(hours=6, seconds=1), timedelta(days=365)])
def test_told_late_nothing_of_the_week_activates(
    programme: Programme, reports: list[ReadReport], later: timedelta
) -> None:
    for report in reports:
        obstacles = decided(programme, report, later=later)
        day = report.body["occurred_precision"] is TimePrecision.DAY
        assert obstacles[Obstacle.DAY_ONLY if day else Obstacle.TOO_OLD] == 1
        assert obstacles[None] == 0
