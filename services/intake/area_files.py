"""A set of areas as it comes in: one GeoJSON FeatureCollection whose features carry `id` and `name`.

Whatever is wrong is said at once, feature by feature, and nothing of the set is taken.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from services.intake.areas_index import Area
from services.intake.feeds.dc_offences import City
from shared.kernel.vocabulary import AreaKind

_AREA_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,120}")
_REASON = re.compile(r"(?P<what>[^\[]+)\[(?P<lon>\S+) (?P<lat>\S+)\]")


@dataclass(frozen=True, slots=True)
class Fault:
    """`feature`: its place in the collection, from 0; None where the collection itself is at fault. No input in it."""

    feature: int | None
    text: str

    def __str__(self) -> str:
        return self.text if self.feature is None else f"feature {self.feature + 1} {self.text}"


class AreasUnusable(ValueError):
    """The text names the file and what is wrong with which feature."""

    def __init__(self, where: str, *faults: Fault) -> None:
        super().__init__(f"{where}: {'; '.join(str(fault) for fault in faults)}")
        self.faults = faults


def read_collection(path: Path) -> Any:
    """Raises AreasUnusable."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise AreasUnusable(path.name, Fault(None, "is not JSON in UTF-8")) from None


def areas_of(collection: Any, kind: AreaKind, where: str, city: City) -> list[Area]:
    """The areas of a FeatureCollection already parsed. Raises AreasUnusable, under the name `where`."""
    features = collection.get("features") if isinstance(collection, Mapping) else None
    if not isinstance(features, list) or not features:
        raise AreasUnusable(where, Fault(None, "has no features"))
    read = [_read(number, feature, kind, city) for number, feature in enumerate(features)]
    faults = [one for one in read if isinstance(one, Fault)]
    areas = [one for one in read if isinstance(one, Area)]
    if not faults and len({area.area_id for area in areas}) != len(areas):
        faults.append(Fault(None, "has an id that stands twice"))
    if faults:
        raise AreasUnusable(where, *faults)
    return areas


def _read(number: int, feature: Any, kind: AreaKind, city: City) -> Area | Fault:
    try:
        area_id, name = feature["properties"]["id"], feature["properties"]["name"]
        outline = shape(feature["geometry"])
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError):
        return Fault(number, "is no feature with a geometry and the properties id and name")
    area = Area(area_id, kind, name, outline)
    text = _wrong_with(area, city)
    return area if text is None else Fault(number, text)


def _wrong_with(area: Area, city: City) -> str | None:
    if not (isinstance(area.area_id, str) and _AREA_ID.fullmatch(area.area_id)):
        return "has an id that is not a slug of small letters, digits and hyphens"
    if not (isinstance(area.name, str) and _NAME.fullmatch(area.name)):
        return "has no name of 1 to 120 characters"
    if area.outline.geom_type not in {"Polygon", "MultiPolygon"} or area.outline.is_empty:
        return "is not a valid polygon: it is none, or empty"
    if not area.outline.is_valid:
        return f"is not a valid polygon: {_why(shapely.is_valid_reason(area.outline))}"
    west, south, east, north = area.outline.bounds
    if east < city.west or city.east < west or north < city.south or city.north < south:
        return "lies outside the programme's city"
    return None


def _why(reason: str) -> str:
    """`Self-intersection[-77.01 38.9]` as words, latitude first."""
    found = _REASON.fullmatch(reason)
    return f"{found['what'].lower()} at {found['lat']}, {found['lon']}" if found else reason.lower()
