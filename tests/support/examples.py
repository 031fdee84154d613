"""Example events built from their schema alone: every field filled, one item in every list, the same at every build."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts.golden import Schema

EXAMPLES = Path(__file__).parents[1] / "contract" / "examples"
_BY_FORMAT = {"date-time": "2026-03-14T21:07:00Z", "date": "2026-03-14"}
_TEXTS = ("brightwood-1", "brightwood_1", "Brightwood Park", "es-419")


def example_path(name: str) -> Path:
    """`name`: an event's `schema_name()`."""
    kind, number = name.split("/")
    return EXAMPLES / f"{kind}.{number}.json"


def example_of(schema: Schema, place: str = "") -> Any:
    """A body that has everything `schema` knows. Raises LookupError for a field it cannot fill."""
    match schema:
        case {"properties": dict() as fields}:
            return {name: example_of(field, f"{place}/{name}") for name, field in fields.items()}
        case {"items": items}:
            return [example_of(items, f"{place}/0")]
        case {"anyOf": choices}:
            return example_of(next(choice for choice in choices if choice.get("type") != "null"), place)
        case {"const": value} | {"enum": [value, *_]}:
            return value
        case {"type": "string"}:
            return _text(schema, place)
    return _scalar(schema, place)


def _text(schema: Schema, place: str) -> str:
    if schema.get("format") == "uuid":
        return str(UUID(int=0x0195_0000_0000_7000_8000_0000_0000_0000 + sum(place.encode())))
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    fitting = [text for text in _TEXTS if re.search(schema.get("pattern", "$^"), text)]
    if not fitting:
        raise LookupError(f"{place}: no example text fits {schema}")
    return fitting[0]


def _scalar(schema: Schema, place: str) -> bool | int | float:
    match schema:
        case {"type": "boolean"}:
            return True
        case {"type": "integer"}:
            return int(schema.get("minimum", 0)) + 1
        case {"type": "number"}:
            return float(schema.get("minimum", 0)) + 12.5
    raise LookupError(f"{place}: no example for {schema}")
