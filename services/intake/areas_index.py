"""Which areas contain a point, and which communities lie near it.

Shapes are held in metres: longitude and latitude scaled by the WGS84 radii at the middle latitude of all
areas. Within 15 km of that latitude a distance is off by at most 0.2 % (the change of cos(latitude) over
the city): a metre at the 500 m that matter. A point on a border, or within a centimetre of it, counts as
inside, on both sides of a shared border: which one it belongs to is decided elsewhere. Nothing is mutable
after building, so threads may share an index.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely import STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from services.intake.domain.location import NearArea
from shared.kernel.geo import metres_per_degree
from shared.kernel.vocabulary import AreaKind

BORDER_M = 0.01
_AREA_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class AreasUnusable(ValueError):
    """The programme's areas cannot be served; the text names the file and the area."""


@dataclass(frozen=True, slots=True)
class Area:
    """`outline` is in WGS84 degrees, longitude first, as in GeoJSON."""

    area_id: str
    kind: AreaKind
    name: str
    outline: BaseGeometry


def load_areas(path: Path, kind: AreaKind) -> list[Area]:
    """Read one GeoJSON FeatureCollection whose features carry `id` and `name`. Raises AreasUnusable."""
    try:
        collection = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AreasUnusable(f"{path.name}: {error}") from error
    return areas_of(collection, kind, path.name)


def areas_of(collection: Any, kind: AreaKind, where: str) -> list[Area]:
    """The areas of a FeatureCollection already parsed; `where` names it in AreasUnusable."""
    try:
        areas = [_area(feature, kind) for feature in collection["features"]]
    except (ValueError, KeyError, TypeError, shapely.errors.ShapelyError) as error:
        raise AreasUnusable(f"{where}: {error}") from error
    if len({area.area_id for area in areas}) != len(areas):
        raise AreasUnusable(f"{where}: an id stands twice")
    return areas


def _area(feature: Mapping[str, Any], kind: AreaKind) -> Area:
    area_id, name = feature["properties"]["id"], feature["properties"]["name"]
    outline = shape(feature["geometry"])
    if not _AREA_ID.fullmatch(area_id):
        raise ValueError("an id is not a slug of small letters, digits and hyphens")
    if outline.geom_type not in {"Polygon", "MultiPolygon"} or outline.is_empty or not outline.is_valid:
        raise ValueError(f"{area_id} is not a valid polygon")
    return Area(area_id, kind, name, outline)


class AreasIndex:
    """Built once from all areas; `nearby_m` says of which kinds areas outside the point are wanted, and how
    far.
    """

    def __init__(self, areas: Sequence[Area], nearby_m: Mapping[AreaKind, float]) -> None:
        if not areas:
            raise AreasUnusable("a programme without areas")
        bounds = shapely.total_bounds([area.outline for area in areas])
        self._per_lat, self._per_lon = metres_per_degree(float(bounds[1] + bounds[3]) / 2.0)
        scale = (self._per_lon, self._per_lat)
        self._shapes = [shapely.transform(area.outline, lambda xy: xy * scale) for area in areas]
        shapely.prepare(self._shapes)
        self._areas = tuple(areas)
        self._reach_m = tuple(max(nearby_m.get(area.kind, 0.0), BORDER_M) for area in areas)
        self._widest_m = max(self._reach_m)
        self._tree = STRtree(self._shapes)

    def locate(self, lat: float, lon: float) -> dict[AreaKind, list[NearArea]]:
        """Every kind is a key; its areas come nearest first, those that contain the point at distance 0."""
        x, y, reach = lon * self._per_lon, lat * self._per_lat, self._widest_m
        point = shapely.Point(x, y)
        found: dict[AreaKind, list[NearArea]] = {kind: [] for kind in AreaKind}
        for index in self._candidates(shapely.box(x - reach, y - reach, x + reach, y + reach)):
            distance_m = self._distance_m(index, point)
            if distance_m is not None:
                area = self._areas[index]
                found[area.kind].append(NearArea(area.area_id, distance_m))
        for near in found.values():
            near.sort(key=lambda area: (area.distance_m, area.area_id))
        return found

    def _candidates(self, around: BaseGeometry) -> Iterable[int]:
        return (int(index) for index in self._tree.query(around))

    def _distance_m(self, index: int, point: BaseGeometry) -> float | None:
        """0 inside, metres outside within the kind's reach, else None. The cheap prepared test is first."""
        outline, reach_m = self._shapes[index], self._reach_m[index]
        if shapely.covers(outline, point):
            return 0.0
        if not shapely.dwithin(outline, point, reach_m):
            return None
        distance_m = float(shapely.distance(outline, point))
        return 0.0 if distance_m <= BORDER_M else distance_m
