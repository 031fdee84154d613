"""The areas of a programme through time: a point belongs to what was in force on the day it is about.

`area_sets` in the database is the one truth. A programme brings its files in as sets, `areas load` others; of a kind
and a day there is one set, the last that was loaded.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.area_files import areas_of
from services.intake.areas_index import Area, AreasIndex
from services.intake.domain.area_life import in_force_on
from services.intake.feeds.dc_offences import City
from shared.kernel.vocabulary import AreaKind
from shared.persistence.transaction import Transaction

_SETS = "SELECT kind, effective_from, CAST(collection AS text) AS collection FROM area_sets"


@dataclass(frozen=True, slots=True)
class AreaSet:
    """`collection`: GeoJSON, as it came."""

    kind: AreaKind
    effective_from: date
    collection: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Days:
    """The areas of all kinds that are in force together, indexed, and the communities' names."""

    index: AreasIndex
    community_names: Mapping[str, str]


class AreasByDay:
    """Built once; nothing is mutated afterwards."""

    def __init__(self, sets: Iterable[AreaSet], city: City, nearest_community_within_m: float) -> None:
        """At least one set. Raises AreasUnusable."""
        nearby_m = {AreaKind.COMMUNITY: nearest_community_within_m}
        read: dict[AreaKind, dict[date, list[Area]]] = {}
        for one in sets:
            name = f"{one.kind} areas from {one.effective_from}"
            read.setdefault(one.kind, {})[one.effective_from] = areas_of(one.collection, one.kind, name, city)
        self._changes = sorted({day for by_day in read.values() for day in by_day})
        self._days = {
            day: _days([by_day[in_force_on(day, by_day)] for by_day in read.values()], nearby_m)
            for day in self._changes
        }

    def on(self, day: date) -> Days:
        return self._days[in_force_on(day, self._changes)]


def _days(sets: Iterable[Iterable[Area]], nearby_m: Mapping[AreaKind, float]) -> Days:
    areas = [area for one in sets for area in one]
    names = {area.area_id: area.name for area in areas if area.kind is AreaKind.COMMUNITY}
    return Days(AreasIndex(areas, nearby_m), names)


async def read_sets(tx: Transaction) -> list[AreaSet]:
    return [
        AreaSet(AreaKind(row["kind"]), row["effective_from"], json.loads(row["collection"]))
        for row in await tx.rows(_SETS)
    ]
