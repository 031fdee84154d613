"""A decision and what it was made from, in a form that can be kept, and told again years later.

What is kept is what the decision saw: facts, never a place, and distances as coarse as the decision allows. `decide`
is the one function that decides, when it matters and when it is looked at again; so the same inputs under the same
policy always come to the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints
from uuid import UUID

from services.alerts.domain.candidates import Availability, Barred, Candidate, Need
from services.alerts.domain.distances import pressed
from services.alerts.domain.eligibility import barred
from services.alerts.domain.policy import Classification, Policy
from services.alerts.domain.ranking import Ranking, Why, rank
from shared.kernel.vocabulary import DispatchRole, IncidentKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Inputs:
    """`incident`: what it was held to be then. `at_least`: how many were to be found before the radius was enough.

    `barred`: those of whom no more was asked than what bars them here from everything.
    """

    need: Need
    incident: Classification
    at_least: int
    people: Sequence[Candidate]
    barred: Barred = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    inputs: Inputs
    ranking: Ranking


def decide(inputs: Inputs, policy: Policy) -> Decision:
    ranking = rank(inputs.people, inputs.need, policy, inputs.at_least)
    unable = {why: list(people) for why, people in ranking.unable.items()}
    for availability, people in inputs.barred.items():
        if (reason := barred(availability)) is not None:
            unable.setdefault(Why(reason), []).extend(people)
    return Decision(inputs, replace(ranking, unable=unable))


class NotKept(ValueError):
    """The inputs are of a time when this fact was not judged yet; the text is its name."""


def pack(inputs: Inputs, radius_steps_m: Iterable[float | None]) -> dict[str, Any]:
    """For JSON. People column by column: what is the same for all is said once, and yes or no is one letter each.

    `radius_steps_m`: of the policy that decided.
    """
    columns = dict(zip(Candidate._fields, zip(*inputs.people, strict=True), strict=False))
    distances = _pressed(columns, radius_steps_m) if inputs.people else {}
    return {
        "role": inputs.need.role,
        "community": inputs.need.community,
        "covering": sorted(one.hex for one in inputs.need.covering),
        "at": _number(inputs.need.at),
        "incident": asdict(inputs.incident),
        "at_least": inputs.at_least,
        "count": len(inputs.people),
        "people": {name: _packed(column) for name, column in (columns | distances).items()},
        "barred": {_bits(one): [who.hex for who in people] for one, people in inputs.barred.items()},
    }


def unpack(kept: Mapping[str, Any]) -> Inputs:
    """Raises NotKept."""
    incident = dict(kept["incident"])
    need = Need(
        role=DispatchRole(kept["role"]),
        community=kept["community"],
        covering=frozenset(UUID(one) for one in kept["covering"]),
        at=_instant(kept["at"]),
    )
    people = [_column(name, kept["people"], kept["count"]) for name in Candidate._fields] if kept["count"] else []
    return Inputs(
        need=need,
        incident=Classification(kind=IncidentKind(incident.pop("kind")), **incident),
        at_least=kept["at_least"],
        people=[Candidate._make(one) for one in zip(*people, strict=True)],
        barred={_availability(bits): [UUID(one) for one in people] for bits, people in kept.get("barred", {}).items()},
    )


def _pressed(
    columns: Mapping[str, tuple[Any, ...]], radius_steps_m: Iterable[float | None]
) -> dict[str, tuple[int | None, ...]]:
    """Homes and positions together: they are measured against each other."""
    home_m, position_m = columns["home_m"], columns["position_m"]
    kept = pressed({*home_m, *position_m} - {None}, radius_steps_m)
    return {"home_m": tuple(map(kept.__getitem__, home_m)), "position_m": tuple(map(kept.get, position_m))}


def _packed(column: tuple[Any, ...]) -> dict[str, Any]:
    first = column[0]
    distinct = set(column)
    if len(distinct) == 1:
        return {"all": _plain(column[0])}
    if distinct <= {True, False} and isinstance(first, bool):
        return {"bits": _bits(column)}
    if len(distinct) <= len(column) // 4:
        places = {value: place for place, value in enumerate(distinct)}
        return {"of": [_plain(one) for one in distinct], "each": [places[one] for one in column]}
    return {"list": list(column) if isinstance(first, int) else [_plain(one) for one in column]}


def _bits(facts: Iterable[bool]) -> str:
    return "".join(["1" if one else "0" for one in facts])


def _availability(bits: str) -> Availability:
    return Availability._make(one == "1" for one in bits)


def _column(name: str, kept: Mapping[str, Any], count: int) -> list[Any]:
    if name not in kept:
        if name not in Candidate._field_defaults:
            raise NotKept(name)
        return [Candidate._field_defaults[name]] * count
    said, read = kept[name], _READ[name]
    if "all" in said:
        return [read(said["all"])] * count
    if "bits" in said:
        return [one == "1" for one in said["bits"]]
    if "of" in said:
        values = [read(one) for one in said["of"]]
        return [values[place] for place in said["each"]]
    return [read(one) for one in said["list"]]


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, frozenset):
        return sorted(value)
    return _number(value) if isinstance(value, datetime) else value


def _number(at: datetime) -> int:
    """Microseconds since 1970: exact until the year 2255."""
    return round(at.timestamp() * 1e6)


def _instant(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


def _reader(hint: Any) -> Callable[[Any], Any]:
    text = str(hint)
    if "UUID" in text:
        return UUID
    if "datetime" in text:
        return lambda value: None if value is None else _instant(value)
    return frozenset if "frozenset" in text else lambda value: value


_READ = {name: _reader(hint) for name, hint in get_type_hints(Candidate).items()}
