"""A set of areas is taken whole or refused with everything that is wrong in it, and nothing of its text repeated."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.intake.area_files import AreasUnusable, areas_of, read_collection
from services.intake.feeds.dc_offences import City
from shared.kernel.vocabulary import AreaKind

CITY = City(ZoneInfo("America/New_York"), south=38.79, west=-77.12, north=39.0, east=-76.9)
RING = [[-77.02, 38.9], [-77.01, 38.9], [-77.01, 38.91], [-77.02, 38.9]]
BOW_TIE = [[-77.02, 38.9], [-77.01, 38.91], [-77.01, 38.9], [-77.02, 38.91], [-77.02, 38.9]]


def feature(area_id: Any = "alder", name: Any = "Alder", ring: Any = None, **otherwise: Any) -> dict[str, Any]:
    outline = {"type": "Polygon", "coordinates": [RING if ring is None else ring]}
    return {"type": "Feature", "properties": {"id": area_id, "name": name}, "geometry": outline} | otherwise


@pytest.mark.parametrize(
    ("collection", "said"),
    [
        ({"type": "FeatureCollection"}, "has no features"),
        ({"features": []}, "has no features"),
        ([], "has no features"),
        (None, "has no features"),
        ({"features": [None]}, "feature 1 is no feature"),
        ({"features": [feature(properties={"id": "cana4ry"})]}, "feature 1 is no feature"),
        ({"features": [feature(geometry={"type": "Cana4ry", "coordinates": []})]}, "feature 1 is no feature"),
        ({"features": [feature(ring=[[-77.02, 38.9]])]}, "feature 1 is no feature"),
        ({"features": [feature(ring=[["a", "b"]] * 4)]}, "feature 1 is no feature"),
        ({"features": [feature("Not a Cana4ry")]}, "not a slug"),
        ({"features": [feature(7)]}, "not a slug"),
        ({"features": [feature(name="")]}, "no name"),
        ({"features": [feature(name="Cana4ry\x00")]}, "no name"),
        ({"features": [feature(name=None)]}, "no name"),
        ({"features": [feature(geometry={"type": "Point", "coordinates": [-77.0, 38.9]})]}, "not a valid polygon"),
        ({"features": [feature(geometry={"type": "MultiPolygon", "coordinates": []})]}, "not a valid polygon"),
        ({"features": [feature(ring=BOW_TIE)]}, "self-intersection at 38.905, -77.015"),
        ({"features": [feature(ring=[[lat, lon] for lon, lat in RING])]}, "outside the programme's city"),
        ({"features": [feature(), feature(name="Again")]}, "stands twice"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(collection: Any, said: str) -> None:
    with pytest.raises(AreasUnusable) as refused:
        areas_of(collection, AreaKind.COMMUNITY, "alder.geojson", CITY)
    assert said in str(refused.value)
    assert str(refused.value).startswith("alder.geojson: ")
    assert "ana4ry" not in str(refused.value)


@pytest.mark.parametrize(("east", "north"), [(0.3, 0), (-0.3, 0), (0, 0.3), (0, -0.3)])
def test_an_area_that_lies_outside_on_any_side_is_refused_and_one_across_the_limits_is_not(
    east: float, north: float
) -> None:
    moved = [[lon + east, lat + north] for lon, lat in RING]
    with pytest.raises(AreasUnusable, match="outside the programme's city"):
        areas_of({"features": [feature(ring=moved)]}, AreaKind.WARD, "x", CITY)
    long = [RING[0], moved[1], moved[2], RING[0]]
    assert len(areas_of({"features": [feature(ring=long)]}, AreaKind.WARD, "x", CITY)) == 1


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(AreasUnusable) as refused:
        areas_of({"features": [feature(ring=BOW_TIE), feature(), feature("B")]}, AreaKind.WARD, "x", CITY)
    assert [fault.feature for fault in refused.value.faults] == [0, 2]


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "alder.geojson"
    for text in (b"not json", b"\xff\xfe", json.dumps({}).encode("utf-16")):
        path.write_bytes(text)
        with pytest.raises(AreasUnusable, match=r"alder\.geojson"):
            read_collection(path)
