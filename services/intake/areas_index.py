"""Which areas contain a point, which communities lie near it, and where a set of areas overlaps.

Shapes are held in metres: longitude and latitude scaled by the WGS84 radii at the middle latitude of all
areas. Within 15 km of that latitude a distance is off by at most 0.2 % (the change of cos(latitude) over
the city): a metre at the 500 m that matter. A point on a border, or within a centimetre of it, counts as
inside, on both sides of a shared border: which one it belongs to is decided elsewhere. Nothing is mutable
after building, so threads may share an index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from services.intake.domain.location import NearArea
from shared.kernel.geo import metres_per_degree
from shared.kernel.vocabulary import AreaKind

BORDER_M = 0.01
LEAST_OVERLAP_M2 = 1.0


@dataclass(frozen=True, slots=True)
class Area:
    """`outline` is in WGS84 degrees, longitude first, as in GeoJSON."""

    area_id: str
    kind: AreaKind
    name: str
    outline: BaseGeometry


@dataclass(frozen=True, slots=True)
class Overlap:
    area_ids: tuple[str, str]
    size_m2: float


class AreasIndex:
    """Built once from all areas, at least one; `nearby_m` says of which kinds areas outside the point are wanted, and
    how far.
    """

    def __init__(self, areas: Sequence[Area], nearby_m: Mapping[AreaKind, float]) -> None:
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

    def nearest(self, lat: float, lon: float, kind: AreaKind) -> NearArea | None:
        """However far; None if there is no area of this kind. Of several equally far the first id."""
        point = shapely.Point(lon * self._per_lon, lat * self._per_lat)
        distances = (
            NearArea(area.area_id, float(shapely.distance(outline, point)))
            for area, outline in zip(self._areas, self._shapes, strict=True)
            if area.kind is kind
        )
        return min(distances, key=lambda area: (area.distance_m, area.area_id), default=None)

    def overlaps(self) -> list[Overlap]:
        """Of areas of one kind, the largest first; what is smaller than a square metre is a border drawn twice."""
        pairs = self._tree.query(self._shapes, predicate="intersects").T
        found = [self._overlap(int(one), int(other)) for one, other in pairs if one < other]
        real = [overlap for overlap in found if overlap is not None and overlap.size_m2 >= LEAST_OVERLAP_M2]
        return sorted(real, key=lambda overlap: (-overlap.size_m2, overlap.area_ids))

    def _overlap(self, one: int, other: int) -> Overlap | None:
        areas = self._areas[one], self._areas[other]
        if areas[0].kind is not areas[1].kind:
            return None
        size_m2 = float(shapely.area(shapely.intersection(self._shapes[one], self._shapes[other])))
        return Overlap((areas[0].area_id, areas[1].area_id), size_m2)
