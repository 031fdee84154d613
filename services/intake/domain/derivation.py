"""What is known of an incident, told anew from what was said of it: by its reports, by people who corrected it, and by
the incidents that became part of it, each in its turn.

Gone through in the order in which it happened, so that a correction outweighs what was reported before it, a later
report may say more, and what a mistaken merge or a wrongly attached report had brought is gone with it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from services.intake.domain.facts import Facts, merge, settled
from shared.kernel.vocabulary import IncidentKind, Relationship, SceneStatus, Weapon

_SCENE = "scene_status"
# Of what a decision keeps as JSON; what is not named here is kept as it is meant.
_READ: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {"kind": IncidentKind, "weapon": Weapon, "relationship": Relationship}
)
_FACTS = frozenset(field.name for field in fields(Facts))


@dataclass(frozen=True, slots=True)
class Known:
    facts: Facts
    scene: SceneStatus


@dataclass(frozen=True, slots=True)
class Said:
    """A report. `home`: the incident it is filed under, which was perhaps part of another by then."""

    at: datetime
    home: UUID
    facts: Facts


@dataclass(frozen=True, slots=True)
class Corrected:
    """`values`: by the names of the row's columns, as a decision keeps them."""

    at: datetime
    home: UUID
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Joined:
    """The incident `merged` became part of `into`."""

    at: datetime
    merged: UUID
    into: UUID


def derive(incident: UUID, happened: Iterable[Said | Corrected | Joined]) -> Known:
    """Of an incident with at least one report, its own or one of what is merged into it."""
    tale = _Tale()
    for event in sorted(happened, key=lambda one: one.at):
        tale.go_on(event)
    return tale.known[incident]


class _Tale:
    """`known`: so far, of each incident that has a report; `waiting`: a correction of what is told later alone, since
    the reports that it corrected are another's now.
    """

    def __init__(self) -> None:
        self.known: dict[UUID, Known] = {}
        self._waiting: dict[UUID, dict[str, Any]] = {}
        self._into: dict[UUID, UUID] = {}

    def go_on(self, event: Said | Corrected | Joined) -> None:
        match event:
            case Said(home=home, facts=facts):
                self._hear(self._root(home), facts)
            case Corrected(home=home, values=values):
                self._correct(self._root(home), values)
            case Joined(merged=merged, into=into):
                self._into[merged] = into
                if merged in self.known:
                    self._take_over(into, self.known[merged])

    def _root(self, incident: UUID) -> UUID:
        while incident in self._into:
            incident = self._into[incident]
        return incident

    def _hear(self, incident: UUID, said: Facts) -> None:
        known = self.known.get(incident)
        if known is None:
            first = settled(said)
            self.known[incident] = Known(first, SceneStatus.UNKNOWN)
            self._correct(incident, self._waiting.pop(incident, {}))
            known = self.known[incident]
        scene = SceneStatus.ACTIVE_THREAT if said.active_threat else known.scene
        self.known[incident] = Known(merge(known.facts, said), scene)

    def _correct(self, incident: UUID, values: Mapping[str, Any]) -> None:
        known = self.known.get(incident)
        if known is None:
            self._waiting.setdefault(incident, {}).update(values)
            return
        corrected = {name: _READ.get(name, _as_it_is)(value) for name, value in values.items() if name in _FACTS}
        scene = SceneStatus(values.get(_SCENE, known.scene))
        self.known[incident] = Known(settled(replace(known.facts, **corrected)), scene)

    def _take_over(self, into: UUID, merged: Known) -> None:
        self._hear(into, merged.facts)
        known = self.known[into]
        if known.scene is SceneStatus.UNKNOWN:
            self.known[into] = replace(known, scene=merged.scene)


def _as_it_is(value: Any) -> Any:
    return value
