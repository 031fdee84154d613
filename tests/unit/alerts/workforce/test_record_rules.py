"""Rules about one interrupter's record name the field that breaks them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.alerts.domain.workforce import (
    ConflictReason,
    Exclusion,
    OwnerKind,
    coarse,
    employment_fault,
    exclusion_faults,
    hold_fault,
    owner_fault,
    position_fault,
    team_fault,
)
from shared.kernel.geo import Point, distance_m
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import Employment

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
INCIDENT = new_id()


def test_only_a_floater_may_have_no_team() -> None:
    assert team_fault(None, floater=True) is None
    assert team_fault("petworth", floater=True) is None
    assert team_fault("petworth", floater=False) is None
    fault = team_fault(None, floater=False)
    assert fault is not None
    assert fault.pointer == "/team_community"


@pytest.mark.parametrize(
    ("ago", "accepted"),
    [
        (timedelta(0), True),
        (timedelta(hours=23), True),
        (timedelta(hours=25), False),
        (timedelta(seconds=-120), True),
        (timedelta(seconds=-121), False),
    ],
)
def test_a_position_is_of_the_last_day_and_not_from_the_future(ago: timedelta, *, accepted: bool) -> None:
    assert (position_fault(NOW - ago, NOW) is None) == accepted


@pytest.mark.parametrize(
    ("community", "incident", "lasts", "wrong"),
    [
        ("petworth", None, timedelta(days=1), []),
        (None, INCIDENT, timedelta(days=1), []),
        (None, None, timedelta(days=1), ["/community"]),
        ("petworth", INCIDENT, timedelta(days=1), ["/community"]),
        ("petworth", None, timedelta(0), ["/expires_at"]),
        ("petworth", None, timedelta(days=4000), ["/expires_at"]),
    ],
)
def test_an_exclusion_is_from_one_thing_and_ends(
    community: str | None, incident: UUID | None, lasts: timedelta, wrong: list[str]
) -> None:
    exclusion = Exclusion(community, incident, ConflictReason.KIN, NOW + lasts)
    assert [fault.pointer for fault in exclusion_faults(exclusion, NOW)] == wrong


def test_an_endpoint_is_somebodys_except_the_duty_dispatchers() -> None:
    assert owner_fault(OwnerKind.DUTY_DISPATCHER, None) is None
    assert owner_fault(OwnerKind.DUTY_DISPATCHER, INCIDENT) is not None
    for kind in (OwnerKind.INTERRUPTER, OwnerKind.SUPERVISOR):
        assert owner_fault(kind, INCIDENT) is None
        assert owner_fault(kind, None) is not None


@pytest.mark.parametrize(
    ("lasts", "kept"),
    [
        (None, True),
        (timedelta(hours=1), True),
        (timedelta(0), False),
        (timedelta(days=366), True),
        (timedelta(days=367), False),
    ],
)
def test_a_hold_ends_in_the_future_within_a_year_or_by_a_person(lasts: timedelta | None, *, kept: bool) -> None:
    assert (hold_fault(None if lasts is None else NOW + lasts, NOW) is None) == kept


@pytest.mark.parametrize(
    ("employment", "hours", "kept"),
    [
        (Employment.FULL_TIME, None, True),
        (Employment.PART_TIME, 20, True),
        (Employment.FULL_TIME, 40, False),
        (Employment.PART_TIME, None, False),
    ],
)
def test_a_part_time_week_has_its_own_hours(employment: Employment, hours: int | None, *, kept: bool) -> None:
    assert (employment_fault(employment, hours) is None) == kept


@pytest.mark.parametrize("place", [Point(38.9049, -77.0051), Point(38.8951, -76.9949), Point(-38.905, 77.0)])
def test_a_coarse_place_is_the_neighbourhood_and_not_the_house(place: Point) -> None:
    rough = coarse(place)
    assert distance_m(place, rough) < 800
    assert all(round(one * 100) == pytest.approx(one * 100) for one in rough)
    assert coarse(rough) == rough
