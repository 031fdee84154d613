"""Which calls of an emergency incident data object are an incident's own.

An object of the standard is about one incident, so its schema (EIDO-JSON, `CallInformationType`) has no reference from
a call to an incident, nor back. Where an object has several, a call belongs to those that it names or that name it,
as senders write it (`incidentReference`, `callReference`); naming none, to the one with which alone it shares a place
or a person (`locationReference`, `personReference`), which the schema has for both. Else nobody can tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.feeds.event_words import is_test

Object = Mapping[str, Any]
Numbered = tuple[int, Object]
_SHARED = ("locationReference", "personReference")


@dataclass(frozen=True, slots=True)
class Calls:
    """Of one incident, each with its place in the object. `perhaps`: those of which nobody can tell whose they are.
    `is_drill`: its own calls are all tests, or it has none and the object is about tests alone. `is_alone`: there is no
    other incident.
    """

    own: tuple[Numbered, ...]
    perhaps: tuple[Numbered, ...]
    is_drill: bool
    is_alone: bool = False


def calls_of_each(incidents: Sequence[Object], calls: Sequence[Object]) -> list[Calls]:
    numbered = tuple(enumerate(calls))
    if len(incidents) == 1:
        return [Calls(numbered, (), is_drill=bool(calls) and all(map(_is_test, calls)), is_alone=True)]
    owners = _owners(incidents, calls)
    perhaps = tuple(one for one, known in zip(numbered, owners, strict=True) if known is None)
    tests_alone = len(calls) >= len(incidents) and all(map(_is_test, calls))
    shares = []
    for place in range(len(incidents)):
        own = tuple(one for one, known in zip(numbered, owners, strict=True) if known is not None and place in known)
        is_drill = all(_is_test(call) for _, call in own) if own else tests_alone
        shares.append(Calls(own, perhaps, is_drill=is_drill))
    return shares


def _owners(incidents: Sequence[Object], calls: Sequence[Object]) -> list[set[int] | None]:
    """Of each call the places of its incidents; None where nobody can tell."""
    names = [_texts_of(one, "$id", "incidentTrackingIdentifier", "internalIncidentId") for one in incidents]
    named = [set(references(one.get("callReference"))) for one in incidents]
    shared = [_shared(one) for one in incidents]
    owners: list[set[int] | None] = []
    for call in calls:
        says = {*references(call.get("incidentReference")), *_texts_of(call, "incidentTrackingIdentifier")}
        called = _texts_of(call, "$id", "callIdentifier")
        direct = {at for at in range(len(incidents)) if says & names[at] or called & named[at]}
        if says or direct:
            owners.append(direct)
            continue
        alike = {at for at, parts in enumerate(shared) if parts & _shared(call)}
        owners.append(alike if len(alike) == 1 else None)
    return owners


def references(value: Any) -> Iterator[str]:
    """The `$id` of each component that is referred to, however it is written."""
    for one in value if isinstance(value, list) else [value]:
        target = one.get("$ref") if isinstance(one, Mapping) else one
        if isinstance(target, str) and target.lstrip("#"):
            yield target.lstrip("#")


def _shared(part: Object) -> set[tuple[str, str]]:
    return {(name, target) for name in _SHARED for target in references(part.get(name))}


def _texts_of(part: Object, *names: str) -> set[str]:
    return {target for name in names for target in references(part.get(name))}


def _is_test(call: Object) -> bool:
    words = call.get("standardPrimaryCallType")
    return any(isinstance(one, str) and is_test(one) for one in (words if isinstance(words, list) else [words]))
