"""Which of the known incidents a report tells of: the likeliest that is certainly the same, else all that may be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.intake.domain.sameness import Account, Certain, Possible, SamenessRule, judge
from shared.kernel.vocabulary import IncidentState

AT_MOST = 5
"""So many possible duplicates are put before a person; the likeliest are."""


@dataclass(frozen=True, slots=True)
class Known:
    """An incident near by. `restricted`: not everybody may be told that it exists."""

    incident_id: UUID
    state: IncidentState
    account: Account
    other_number: bool
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
    certain: list[tuple[float, UUID]] = []
    possible: dict[UUID, tuple[float, Lookalike]] = {}
    for known in around:
        how = judge(told, known.account, rule, state=known.state, other_number=known.other_number)
        if isinstance(how, Certain):
            certain.append((_unlikeness(how, rule), known.incident_id))
        elif isinstance(how, Possible):
            found = (_unlikeness(how, rule), Lookalike(known, how))
            before = possible.get(known.incident_id, found)
            possible[known.incident_id] = min(found, before, key=lambda one: one[0])
    if certain:
        return Recognised(min(certain)[1])
    likeliest = sorted(possible.items(), key=lambda item: (item[1][0], item[0]))
    return NotRecognised(tuple(one for _, (_, one) in likeliest[:AT_MOST]))


def _unlikeness(how: Certain | Possible, rule: SamenessRule) -> float:
    """Distance and time, each in units of what is certain."""
    return how.distance_m / max(rule.certain_within_m, 1.0) + how.apart / max(rule.certain_within, timedelta(seconds=1))
