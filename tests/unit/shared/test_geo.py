"""City distances against the exact geodesic of geographiclib."""

import math
import random

import pytest
from geographiclib.geodesic import Geodesic

from shared.kernel.geo import Around, Point, distance_m

WASHINGTON = Point(38.9, -77.03)
LARGEST_ERROR = 0.0005


def exact_m(a: Point, b: Point) -> float:
    return float(Geodesic.WGS84.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"])


def away(start: Point, bearing: float, metres: float) -> Point:
    end = Geodesic.WGS84.Direct(start.lat, start.lon, bearing, metres)
    return Point(end["lat2"], end["lon2"])


@pytest.mark.parametrize("latitude", [-65.0, -33.9, 0.0, 21.3, 38.9, 51.5, 64.1])
@pytest.mark.parametrize("metres", [1.0, 100.0, 5_000.0, 20_000.0, 50_000.0])
def test_up_to_50_km_the_error_is_below_a_twentieth_of_a_percent(latitude: float, metres: float) -> None:
    start = Point(latitude, -77.03)
    for bearing in range(0, 360, 15):
        end = away(start, bearing, metres)
        assert distance_m(start, end) == pytest.approx(metres, rel=LARGEST_ERROR)


def test_random_pairs_of_a_city_agree_with_the_geodesic() -> None:
    dice = random.Random(7)
    for _ in range(2_000):
        a, b = (away(WASHINGTON, dice.uniform(0, 360), dice.uniform(0, 25_000)) for _ in range(2))
        assert distance_m(a, b) == pytest.approx(exact_m(a, b), rel=LARGEST_ERROR, abs=0.01)


def test_the_date_line_is_no_distance() -> None:
    east, west = Point(-17.0, 179.95), Point(-17.0, -179.95)
    assert distance_m(east, west) == pytest.approx(exact_m(east, west), rel=LARGEST_ERROR)


def test_a_place_is_no_way_from_itself_and_as_far_as_the_way_back() -> None:
    there = away(WASHINGTON, 73, 12_345)
    assert distance_m(WASHINGTON, WASHINGTON) == 0
    assert math.isclose(distance_m(WASHINGTON, there), distance_m(there, WASHINGTON))


def test_distances_around_one_place_are_those_from_it() -> None:
    place = Point(38.9, -77.0)
    away = Around(place)
    for north in (-0.15, -0.01, 0.0, 0.02, 0.16):
        for east in (-0.2, 0.0, 0.003, 0.18):
            point = Point(place.lat + north, place.lon + east)
            assert away.whole_m(*point) == pytest.approx(distance_m(place, point), rel=0.002, abs=0.5)
    assert Around(Point(0.0, 179.99)).whole_m(0.0, -179.99) == pytest.approx(2226, abs=1)
