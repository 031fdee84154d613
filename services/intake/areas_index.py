"""Which areas contain a point, which communities lie near it, and where a set of areas overlaps.

Shapes are held in metres: longitude and latitude scaled by the WGS84 radii at the middle latitude of all
areas. Within 15 km of that latitude a distance is off by at most 0.2 % (the change of cos(latitude) over
the city): a metre at the 500 m that matter. A point on a border, or within a centimetre of it, counts as
inside, on both sides of a shared border: which one it belongs to is decided elsewhere. Nothing is mutable
after building, so threads may share an index.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
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
        self._shapes = np.array([shapely.transform(area.outline, lambda xy: xy * scale) for area in areas])
        shapely.prepare(self._shapes)
        self._areas = tuple(areas)
        self._reach_m = np.array([max(nearby_m.get(area.kind, 0.0), BORDER_M) for area in areas])
        # One row of (west, south, -east, -north) for each: whoever is near has no coordinate below its own.
        reach = self._reach_m[:, np.newaxis]
        self._from = shapely.bounds(self._shapes) * (1.0, 1.0, -1.0, -1.0) - reach

    def locate(self, lat: float, lon: float) -> dict[AreaKind, list[NearArea]]:
        """Every kind is a key; its areas come nearest first, those that contain the point at distance 0."""
        x, y = lon * self._per_lon, lat * self._per_lat
        near = np.flatnonzero((self._from <= (x, y, -x, -y)).all(axis=1))
        found: dict[AreaKind, list[NearArea]] = {kind: [] for kind in AreaKind}
        for at, distance_m in self._within_reach(near, shapely.Point(x, y)):
            area = self._areas[at]
            found[area.kind].append(NearArea(area.area_id, distance_m))
        for areas in found.values():
            areas.sort(key=lambda area: (area.distance_m, area.area_id))
        return found

    def _within_reach(self, candidates: NDArray[np.intp], point: BaseGeometry) -> Iterator[tuple[int, float]]:
        """0 inside, metres outside. The prepared tests, which are cheap, are first."""
        outlines = self._shapes[candidates]
        inside = shapely.covers(outlines, point)
        within = shapely.dwithin(outlines, point, self._reach_m[candidates])
        for at, outline, is_inside, is_within in zip(candidates.tolist(), outlines, inside, within, strict=True):
            if is_inside:
                yield at, 0.0
            elif is_within:
                distance_m = float(shapely.distance(outline, point))
                yield at, 0.0 if distance_m <= BORDER_M else distance_m

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
        pairs = STRtree(self._shapes).query(self._shapes, predicate="intersects").T
        found = [self._overlap(int(one), int(other)) for one, other in pairs if one < other]
        real = [overlap for overlap in found if overlap is not None and overlap.size_m2 >= LEAST_OVERLAP_M2]
        return sorted(real, key=lambda overlap: (-overlap.size_m2, overlap.area_ids))

    def _overlap(self, one: int, other: int) -> Overlap | None:
        areas = self._areas[one], self._areas[other]
        if areas[0].kind is not areas[1].kind:
            return None
        size_m2 = float(shapely.area(shapely.intersection(self._shapes[one], self._shapes[other])))
        return Overlap((areas[0].area_id, areas[1].area_id), size_m2)
