"""A place out of a PIDF-LO document (RFC 5491): the form in which emergency services write locations.

A point, a circle or an ellipse on the ground is read, in WGS84 degrees and metres; a street address is not.
"""

import math
import re
from typing import TYPE_CHECKING

from services.intake.feeds.reading import NotUsable, ReportLocation
from services.intake.feeds.safe_xml import local_name, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_WGS84 = re.compile(r".*[:/](4326|4979)")
_METRES = re.compile(r".*[:/]9001")
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,15})?")
_SIZES = ("radius", "semiMajorAxis")


def read_location(document: str, pointer: str) -> ReportLocation:
    """Raises NotUsable, which points at `pointer`."""
    root = parse_xml(document.strip(), pointer)
    for shape in root.iter():
        positions = [child for child in shape if local_name(child) == "pos"]
        if len(positions) > 1:
            raise NotUsable(pointer, "is an area, and neither a point, a circle nor an ellipse")
        if positions:
            _refuse_other_system(shape, positions[0], pointer)
            lat, lon = _degrees(positions[0].text or "", pointer)
            return {"lat": lat, "lon": lon, "accuracy_m": _size_m(shape, pointer)}
    raise NotUsable(pointer, "has no coordinates")


def _refuse_other_system(shape: "Element", position: "Element", pointer: str) -> None:
    system = shape.get("srsName") or position.get("srsName")
    if system is not None and not _WGS84.fullmatch(system):
        raise NotUsable(pointer, "is not in WGS84 degrees")


def _degrees(text: str, pointer: str) -> tuple[float, float]:
    parts = text.split()
    if not 2 <= len(parts) <= 3 or not all(map(_NUMBER.fullmatch, parts)):
        raise NotUsable(pointer, "has a position that is not latitude and longitude")
    lat, lon = float(parts[0]), float(parts[1])
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        raise NotUsable(pointer, "has a position that is not on earth")
    return lat, lon


def _size_m(shape: "Element", pointer: str) -> float | None:
    """Of a circle or an ellipse; a point has none."""
    size = next((child for child in shape if local_name(child) in _SIZES), None)
    if size is None:
        return None
    text = (size.text or "").strip()
    unit = size.get("uom")
    if not _NUMBER.fullmatch(text) or (unit is not None and not _METRES.fullmatch(unit)):
        raise NotUsable(pointer, "has a size that is not in metres")
    return math.fabs(float(text))
