"""Golden schemas: the shape of every event (or message) as readers were promised it, one file per type and number.

A golden never changes once it is here; `SHA256SUMS` beside them notices if one does. A golden holds the shape alone:
rewording a docstring changes no promise. References are written out, so that a schema can be read from top to bottom.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

Schema = dict[str, Any]

SCHEMAS = Path(__file__).parent / "schemas"
SUMS = "SHA256SUMS"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_WORDS = frozenset({"title", "description", "$defs"})


class Promised(Protocol):
    """Whatever has a published shape: its type, and the number that grows with it."""

    TYPE: ClassVar[str]
    SCHEMA: ClassVar[int]

    @classmethod
    def schema_name(cls) -> str: ...

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]: ...


@cache
def schema_of(event: type[Promised]) -> Schema:
    """The JSON Schema of what is published today under the event's type and number. For reading: it is made once."""
    described = event.model_json_schema()
    shape: Schema = _shape(described, described.get("$defs", {}))
    return {"$schema": _DIALECT, "$id": f"/schemas/{event.schema_name()}"} | shape


def _shape(node: Any, definitions: Schema) -> Any:
    if isinstance(node, list):
        return [_shape(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    shape: Schema = {}
    if "$ref" in node:
        shape |= _shape(definitions[node["$ref"].removeprefix("#/$defs/")], definitions)
    for keyword, value in node.items():
        if keyword == "properties":
            shape[keyword] = {name: _shape(schema, definitions) for name, schema in value.items()}
        elif keyword not in _WORDS and keyword != "$ref":
            shape[keyword] = _shape(value, definitions)
    return shape


def written(schema: Schema) -> bytes:
    """The one way a golden is spelled, so that equal shapes are equal bytes."""
    return (json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def golden_path(folder: Path, name: str) -> Path:
    """`name`: an event's `schema_name()`, which is `<type>/<number>`."""
    return folder / f"{name}.json"


def sum_of(golden: bytes) -> str:
    return hashlib.sha256(golden).hexdigest()


def read_sums(folder: Path) -> dict[str, str]:
    """Name → SHA-256 of everything ever released."""
    path = folder / SUMS
    lines = path.read_text().splitlines() if path.exists() else []
    return {name.removesuffix(".json"): digest for digest, name in (line.split("  ", 1) for line in lines)}


def write_sums(folder: Path, sums: dict[str, str]) -> None:
    lines = (f"{digest}  {name}.json\n" for name, digest in sorted(sums.items()))
    (folder / SUMS).write_text("".join(lines))
