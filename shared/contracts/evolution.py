"""What may change inside a major version: an optional field may be added, and nothing else.

Old readers then ignore what they do not know, and new readers find everything they need in old events. A new word in
a closed list is not additive: a reader that does not know it must set the event aside.
"""

from collections.abc import Iterator
from typing import Any

from shared.contracts.golden import Schema

_NAMING = frozenset({"$id", "$schema"})
_INSIDE = frozenset({"properties", "required", "items", "anyOf"})


def breaks(old: Schema, new: Schema) -> list[str]:
    """Why `new` could not follow `old`: one line per place. Empty if it is additive."""
    return list(_node(old, new, ""))


def _node(old: Schema, new: Schema, place: str) -> Iterator[str]:
    if _rules(old) != _rules(new):
        yield f"{place or '/'}: its rules changed"
    yield from _fields(old, new, place)
    if "items" in old and "items" in new:
        yield from _node(old["items"], new["items"], f"{place}/*")
    yield from _choices(old.get("anyOf", []), new.get("anyOf", []), place)


def _rules(node: Schema) -> dict[str, Any]:
    """Everything a node says beside what is looked at part by part; that it has such parts still counts."""
    own = {name: value for name, value in node.items() if name not in _INSIDE | _NAMING}
    return own | {"has": sorted(_INSIDE & node.keys() - {"required"})}


def _fields(old: Schema, new: Schema, place: str) -> Iterator[str]:
    was, now = old.get("properties", {}), new.get("properties", {})
    must, must_now = set(old.get("required", [])), set(new.get("required", []))
    for name, schema in was.items():
        here = f"{place}/{name}"
        if name not in now:
            yield f"{here}: removed"
            continue
        if (name in must) != (name in must_now):
            yield f"{here}: became {'required' if name in must_now else 'optional'}"
        yield from _node(schema, now[name], here)
    for name in sorted(must_now - was.keys()):
        yield f"{place}/{name}: added as required"


def _choices(old: list[Schema], new: list[Schema], place: str) -> Iterator[str]:
    if len(old) != len(new):
        yield f"{place}: the number of alternatives changed"
        return
    for one, other in zip(old, new, strict=True):
        yield from _node(one, other, place)
