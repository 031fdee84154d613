"""Where a point lies, checked against geodesics that another library computes."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from geographiclib.geodesic import Geodesic

from services.intake.areas_index import BORDER_M, Area, AreasIndex
from services.intake.domain.location import NearArea
from services.intake.programme import Programme, load_programme
from shared.kernel.vocabulary import AreaKind
from tests.support.intake import dc_areas

DC = Path(__file__).parents[3] / "deploy" / "programs" / "dc_onse"
REACH_M = 500.0


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(DC)


@pytest.fixture(scope="module")
def index(programme: Programme) -> AreasIndex:
    return AreasIndex(dc_areas(), {AreaKind.COMMUNITY: programme.nearest_community_within_m})


def square(area_id: str, west: float, east: float) -> Area:
    return Area(area_id, AreaKind.COMMUNITY, area_id.title(), shapely.box(west, 38.90, east, 38.91))


def geodesic_m(lat: float, lon: float, outline: Any) -> float:
    """To the nearest point of the outline, by narrowing down along each edge."""

    def along(edge: tuple[Any, Any], share: float) -> float:
        (west, south), (east, north) = edge
        there = (south + (north - south) * share, west + (east - west) * share)
        return float(Geodesic.WGS84.Inverse(lat, lon, *there)["s12"])

    best = float("inf")
    for edge in pairwise(outline.exterior.coords):
        low, high = 0.0, 1.0
        for _ in range(40):
            left, right = low + (high - low) / 3, high - (high - low) / 3
            low, high = (low, right) if along(edge, left) < along(edge, right) else (left, high)
        best = min(best, along(edge, (low + high) / 2))
    return best


def test_distances_to_communities_agree_with_geodesics_to_two_parts_in_a_thousand(
    programme: Programme, index: AreasIndex
) -> None:
    outlines = {area.area_id: area.outline for area in dc_areas()}
    draw, compared = random.Random(7), 0
    for _ in range(80):
        outline = outlines[draw.choice(["petworth-manor-park", "shipley-terrace", "park-view", "kenilworth"])]
        lat, lon = outline.centroid.y + draw.uniform(-0.006, 0.006), outline.centroid.x + draw.uniform(-0.008, 0.008)
        for near in index.locate(lat, lon)[AreaKind.COMMUNITY]:
            if near.distance_m > 0:
                exact = geodesic_m(lat, lon, outlines[near.area_id])
                assert near.distance_m == pytest.approx(exact, rel=2e-3, abs=0.01)
                compared += 1
    assert compared > 40


def test_the_reach_ends_where_it_says() -> None:
    index = AreasIndex([square("alder", -77.02, -77.01)], {AreaKind.COMMUNITY: REACH_M})
    north = Geodesic.WGS84.Direct(38.91, -77.015, 0.0, REACH_M - 1)["lat2"]
    beyond = Geodesic.WGS84.Direct(38.91, -77.015, 0.0, REACH_M + 1)["lat2"]
    ((area_id, distance_m),) = index.locate(north, -77.015)[AreaKind.COMMUNITY]
    assert area_id == "alder"
    assert distance_m == pytest.approx(REACH_M - 1, rel=2e-3)
    assert index.locate(beyond, -77.015)[AreaKind.COMMUNITY] == []


def test_a_kind_without_a_reach_answers_only_what_contains_the_point() -> None:
    index = AreasIndex([square("alder", -77.02, -77.01)], {})
    assert index.locate(38.905, -77.015)[AreaKind.COMMUNITY] == [NearArea("alder", 0.0)]
    assert index.locate(38.9101, -77.015)[AreaKind.COMMUNITY] == []


@pytest.mark.parametrize("lat", [38.90, 38.9037, 38.905, 38.91])
def test_a_point_on_a_shared_border_lies_in_both_areas(lat: float) -> None:
    neighbours = [square("birch", -77.01, -77.00), square("alder", -77.02, -77.01)]
    found = AreasIndex(neighbours, {AreaKind.COMMUNITY: REACH_M}).locate(lat, -77.01)
    assert found[AreaKind.COMMUNITY] == [NearArea("alder", 0.0), NearArea("birch", 0.0)]


@pytest.mark.parametrize(("off_m", "inside"), [(BORDER_M * 0.9, True), (BORDER_M * 5, False)])
def test_a_hair_off_the_border_is_inside_and_more_is_not(off_m: float, inside: bool) -> None:
    index = AreasIndex([square("alder", -77.02, -77.01)], {AreaKind.COMMUNITY: REACH_M})
    lat = Geodesic.WGS84.Direct(38.91, -77.015, 0.0, off_m)["lat2"]
    ((_, distance_m),) = index.locate(lat, -77.015)[AreaKind.COMMUNITY]
    assert (distance_m == 0.0) is inside


def test_every_kind_is_answered_even_far_away(index: AreasIndex) -> None:
    assert index.locate(51.5, -0.1) == {kind: [] for kind in AreaKind}


@pytest.mark.parametrize(
    ("lat", "lon", "community", "ward"),
    [(38.9336, -77.0213, "park-view", "ward-1"), (38.8541, -76.9725, "knox-hill-south", "ward-8")],
)
def test_the_districts_own_places_are_found(
    index: AreasIndex, lat: float, lon: float, community: str, ward: str
) -> None:
    found = index.locate(lat, lon)
    assert found[AreaKind.COMMUNITY][0] == (community, 0.0)
    assert found[AreaKind.WARD] == [(ward, 0.0)]
    assert found[AreaKind.BOUNDARY] == [("washington-dc", 0.0)]


def test_every_centre_of_a_community_lies_in_it_in_one_ward_and_one_cluster(
    programme: Programme, index: AreasIndex
) -> None:
    communities = dc_areas(AreaKind.COMMUNITY)
    assert len(communities) == 20
    for area in communities:
        inner = area.outline.representative_point()
        found = index.locate(inner.y, inner.x)
        assert NearArea(area.area_id, 0.0) in found[AreaKind.COMMUNITY]
        assert [len(found[kind]) for kind in (AreaKind.WARD, AreaKind.CLUSTER, AreaKind.BOUNDARY)] == [1, 1, 1]


def test_the_nearest_is_found_however_far_and_of_equals_the_first_id() -> None:
    index = AreasIndex([square("birch", -77.02, -77.01), square("alder", -77.02, -77.01)], {})
    near = index.nearest(38.93, -77.015, AreaKind.COMMUNITY)
    assert near is not None
    assert near.area_id == "alder"
    assert near.distance_m == pytest.approx(2220, rel=0.01)
    assert index.nearest(38.905, -77.015, AreaKind.COMMUNITY) == NearArea("alder", 0.0)
    assert index.nearest(38.93, -77.015, AreaKind.WARD) is None


def test_overlaps_of_a_kind_are_told_with_their_size_and_shared_borders_are_none() -> None:
    areas = [square("alder", -77.02, -77.01), square("birch", -77.01, -77.0), square("cedar", -77.011, -77.0)]
    ward = Area("ward-1", AreaKind.WARD, "Ward 1", areas[0].outline)
    found = AreasIndex([*areas, ward], {}).overlaps()
    assert [one.area_ids for one in found] == [("birch", "cedar"), ("alder", "cedar")]
    assert found[1].size_m2 == pytest.approx(found[0].size_m2 / 10, rel=0.001)
