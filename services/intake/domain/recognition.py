"""Which of the known incidents a report tells of: of those certainly the same the one with its number, else the
likeliest; else all that may be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.intake.domain.sameness import Account, Certain, Number, Possible, SamenessRule, judge
from shared.kernel.vocabulary import IncidentState

AT_MOST = 5
"""So many possible duplicates are put before a person; the likeliest are."""


@dataclass(frozen=True, slots=True)
class Known:
    """An incident near by. `restricted`: not everybody may be told that it exists."""

    incident_id: UUID
    state: IncidentState
    account: Account
    number: Number
    restricted: bool


@dataclass(frozen=True, slots=True)
class Lookalike:
    known: Known
    how: Possible


@dataclass(frozen=True, slots=True)
class Recognised:
    incident_id: UUID


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """`possible`: the likeliest first, one per incident."""

    possible: tuple[Lookalike, ...]


def recognise(told: Account, around: Iterable[Known], rule: SamenessRule) -> Recognised | NotRecognised:
    certain: list[tuple[bool, float, UUID]] = []
    possible: dict[UUID, tuple[float, Lookalike]] = {}
    for known in around:
        how = judge(told, known.account, rule, state=known.state, number=known.number)
        if isinstance(how, Certain):
            certain.append((known.number is not Number.SAME, _unlikeness(how, rule), known.incident_id))
        elif isinstance(how, Possible):
            found = (_unlikeness(how, rule), Lookalike(known, how))
            before = possible.get(known.incident_id, found)
            possible[known.incident_id] = min(found, before, key=lambda one: one[0])
    if certain:
        return Recognised(min(certain)[2])
    likeliest = sorted(possible.items(), key=lambda item: (item[1][0], item[0]))
    return NotRecognised(tuple(one for _, (_, one) in likeliest[:AT_MOST]))


def _unlikeness(how: Certain | Possible, rule: SamenessRule) -> float:
    """Distance and time, each in units of what is certain."""
    return how.distance_m / max(rule.certain_within_m, 1.0) + how.apart / max(rule.certain_within, timedelta(seconds=1))
