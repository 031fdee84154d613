"""The same crime file as GeoJSON: a feature is a row, and reads as the row of the CSV file does (`dc_crime.py`).

The two forms differ in how they write the time: here it is milliseconds since 1970, or RFC 3339. A part of the file
that the server held back is broken, so that nobody takes half a feed for all of it. `line` is the feature's number,
from 1.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.feeds.dc_crime import together
from services.intake.feeds.dc_offences import REQUIRED_COLUMNS, City, Offence, read_offence
from services.intake.feeds.instants import instant_of
from services.intake.feeds.reading import Broken, ReadReport, Skipped

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FURTHEST_MS = 250 * 365 * 86_400_000


def read_dc_geojson(raw: bytes, city: City) -> Iterator[ReadReport | Skipped | Broken]:
    try:
        collection = json.loads(raw)
    except (ValueError, RecursionError):
        yield Broken(1, None, "the file is not JSON in UTF-8", of_all=True)
        return
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        yield Broken(1, "features", "the file is no GeoJSON feature collection", of_all=True)
        return
    if (missing := _in_no_feature(features)) is not None:
        yield Broken(1, missing, "no feature has this, so nothing can be read", of_all=True)
        return
    if _was_cut_off(collection):
        yield Broken(len(features) + 1, "exceededTransferLimit", "the server gave a part only: ask it for the rest")
    yield from together(_feature(number, feature, city) for number, feature in enumerate(features, start=1))


def _in_no_feature(features: Sequence[Any]) -> str | None:
    """What a missing column is to the other form. Without features there is nothing to miss."""
    names = {str(name).upper() for feature in features for name in _properties(feature) or ()}
    return next((column for column in REQUIRED_COLUMNS if features and column not in names), None)


def _properties(feature: Any) -> dict[str, Any] | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else None


def _was_cut_off(collection: Mapping[str, Any]) -> bool:
    properties = collection.get("properties")
    places = [collection, properties if isinstance(properties, dict) else {}]
    return any(place.get("exceededTransferLimit") is True for place in places)


def _feature(number: int, feature: Any, city: City) -> Offence | Skipped | Broken:
    properties = _properties(feature)
    if properties is None:
        return Broken(number, "properties", "is not an object")
    row = {str(name).upper(): value for name, value in properties.items()}
    missing = next((column for column in REQUIRED_COLUMNS if row.get(column) is None), None)
    if missing is not None:
        return Broken(number, missing, "is missing")
    return read_offence(number, {name: _cell(name, value) for name, value in row.items()}, city)


def _cell(name: str, value: Any) -> str:
    """As the CSV file has it. What cannot be one becomes text that the row's reader refuses."""
    if name == "REPORT_DAT":
        at = _instant(value)
        return "" if at is None else f"{at:%Y/%m/%d %H:%M:%S}+00"
    if isinstance(value, float):
        return format(value, ".15f").rstrip("0").rstrip(".")
    return value.strip() if isinstance(value, str) else "" if value is None or isinstance(value, bool) else str(value)


def _instant(value: Any) -> datetime | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _EPOCH + timedelta(milliseconds=value) if abs(value) < _FURTHEST_MS else None
    return instant_of(value)
