"""Walking an event's golden schema: its leaf fields, each with the place it has in the body."""

from collections.abc import Iterator
from typing import NamedTuple

from shared.contracts.golden import Schema


class Leaf(NamedTuple):
    """`path` as in `incident.place.lat`; a field inside a list's items has the list's path with `[]`."""

    path: str
    schema: Schema


def leaves(node: Schema, path: str = "") -> Iterator[Leaf]:
    """Every field that holds a value of its own. A list or a choice is looked through; `null` is no field."""
    if "properties" in node:
        for name, schema in node["properties"].items():
            yield from leaves(schema, f"{path}.{name}".lstrip("."))
    elif "items" in node:
        yield from leaves(node["items"], f"{path}[]")
    elif "anyOf" in node:
        for choice in node["anyOf"]:
            yield from leaves(choice, path)
    elif node.get("type") != "null":
        yield Leaf(path, node)


def objects(node: Schema, path: str = "") -> Iterator[Leaf]:
    """Every object in it, the body itself first."""
    if "properties" in node:
        yield Leaf(path, node)
        for name, schema in node["properties"].items():
            yield from objects(schema, f"{path}.{name}".lstrip("."))
    elif "items" in node:
        yield from objects(node["items"], f"{path}[]")
    else:
        for choice in node.get("anyOf", []):
            yield from objects(choice, path)
