"""Whether a report tells of an event that is known already: certainly, possibly, or not, and why.

The rule is unsure rather than wrong. Two events taken for one leave the second, often the answer to the first, without
anybody; one event taken for two costs a look and a click. So only exact times and places that agree in everything are
certain, or one case number that two systems of the police tell near by, and whatever speaks against it is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.intake.domain.activation import Timing
from shared.kernel.geo import Point, distance_m
from shared.kernel.vocabulary import IncidentKind, IncidentState, Relationship, SourceKind, TimePrecision, Weapon

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
NUMBERS_EVENTS = frozenset({SourceKind.POLICE, SourceKind.HOSPITAL})
"""Whose number stands for a case or a patient, so that a further number is normally something else. Those of sensors,
residents and staff stand for one detection or one call.
"""
SHARED_NUMBERS = frozenset({SourceKind.POLICE})
"""Whose number is the same in every system that tells of a case: the dispatch's at once, the records' days later.
A patient's is each hospital's own.
"""

_K = IncidentKind
_GUNFIRE = frozenset({_K.SHOOTING, _K.HOMICIDE, _K.SHOTS_FIRED})
_ONE_EVENT = (_GUNFIRE, frozenset({_K.STABBING, _K.HOMICIDE}))
_MAY_BE_ONE = (
    _GUNFIRE | {_K.ASSAULT, _K.ARMED_ROBBERY, _K.OTHER},
    frozenset({_K.STABBING, _K.HOMICIDE, _K.ASSAULT, _K.ARMED_ROBBERY, _K.OTHER}),
    frozenset({_K.THREAT, _K.ASSAULT, _K.OTHER}),
    frozenset({_K.THREAT, _K.SHOTS_FIRED}),
)
_SELDOM_ALONE = frozenset({_K.ARMED_ROBBERY, _K.THREAT, _K.OTHER})
"""Robberies come in sprees, minutes and a block apart, and the others say too little: alike is not yet the same."""


class Number(StrEnum):
    """What the known incident's numbers say of the report's. `SAME`: another system told of it under this number;
    `OTHER`: this source, which numbers its events, told of it under another.
    """

    SILENT = "silent"
    SAME = "same"
    OTHER = "other"


class Doubt(StrEnum):
    """What keeps two accounts from being certainly one event."""

    ROUGH_TIME = "rough_time"
    ROUGH_PLACE = "rough_place"
    NOT_CLOSE = "not_close"
    KIND_UNLIKE = "kind_unlike"
    FACTS_CONTRADICT = "facts_contradict"
    OTHER_NUMBER = "other_number"
    SCREENED_OUT = "screened_out"


class Difference(StrEnum):
    """What makes them two events."""

    DRILL_AND_REAL = "drill_and_real"
    OTHER_KIND = "other_kind"
    TOO_FAR = "too_far"
    TOO_LONG_APART = "too_long_apart"
    OTHER_NUMBER = "other_number"


@dataclass(frozen=True, slots=True)
class SamenessRule:
    """Certain needs both inner limits, possible both outer ones. `late`: how long after the event a time that a kind of
    source knows to the hour may lie; an hour where nothing is said.
    """

    certain_within: timedelta
    certain_within_m: float
    possible_within: timedelta
    possible_within_m: float
    late: Mapping[SourceKind, timedelta]


@dataclass(frozen=True, slots=True)
class Account:
    """What a report says of an event, or all that is known of an incident. `source_kind`: who gave the time."""

    kind: IncidentKind
    weapon: Weapon
    relationship: Relationship
    source_kind: SourceKind
    timing: Timing
    point: Point
    accuracy_m: float | None
    exercise: bool


class Window(NamedTuple):
    """Between which two instants it happened."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Certain:
    distance_m: float
    apart: timedelta


@dataclass(frozen=True, slots=True)
class Possible:
    """`doubts`: every one, in the order of `Doubt`; never empty."""

    distance_m: float
    apart: timedelta
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Different:
    why: Difference


def judge(
    told: Account, known: Account, rule: SamenessRule, *, state: IncidentState, number: Number
) -> Certain | Possible | Different:
    """`state` is the known incident's. Under the same number times and places may be rough, and the kind another that
    the event may have been called.
    """
    metres, apart = distance_m(told.point, known.point), gap(window(told, rule), window(known, rule))
    exact = told.timing.precision is known.timing.precision is TimePrecision.MINUTE
    close = metres <= rule.certain_within_m and apart <= rule.certain_within
    same, other = number is Number.SAME, number is Number.OTHER
    different = (
        (Difference.DRILL_AND_REAL, told.exercise is not known.exercise),
        (Difference.OTHER_KIND, not _together(told.kind, known.kind, _MAY_BE_ONE)),
        (Difference.TOO_FAR, metres > (rule.possible_within_m if exact or same else rule.certain_within_m)),
        (Difference.TOO_LONG_APART, apart > rule.possible_within),
        (Difference.OTHER_NUMBER, other and not (close and _raw_apart(told, known) <= rule.certain_within)),
    )
    why = next((reason for reason, applies in different if applies), None)
    if why is not None:
        return Different(why)
    rough = max(told.accuracy_m or 0, known.accuracy_m or 0) > rule.certain_within_m
    unlike = not _together(told.kind, known.kind, _ONE_EVENT) or told.kind in _SELDOM_ALONE
    doubtful = (
        (Doubt.ROUGH_TIME, not same and not exact),
        (Doubt.ROUGH_PLACE, not same and rough),
        (Doubt.NOT_CLOSE, not same and not close),
        (Doubt.KIND_UNLIKE, not same and unlike),
        (Doubt.FACTS_CONTRADICT, _contradict(told, known)),
        (Doubt.OTHER_NUMBER, other),
        (Doubt.SCREENED_OUT, state is IncidentState.SCREENED_OUT),
    )
    doubts = tuple(doubt for doubt, applies in doubtful if applies)
    return Possible(metres, apart, doubts) if doubts else Certain(metres, apart)


def window(account: Account, rule: SamenessRule) -> Window:
    """A time known to the hour may be the report's rather than the event's: it then lies behind it, and never before
    what was reported.
    """
    at, precision = account.timing.occurred_at, account.timing.precision
    if precision is TimePrecision.MINUTE:
        return Window(at, at)
    if precision is TimePrecision.DAY:
        return Window(at, at + _DAY)
    latest = min(at + _HOUR, max(at, account.timing.reported_at or at + _HOUR))
    return Window(at - rule.late.get(account.source_kind, _HOUR), latest)


def gap(one: Window, other: Window) -> timedelta:
    """0 where they overlap."""
    return max(timedelta(0), one.earliest - other.latest, other.earliest - one.latest)


def _raw_apart(told: Account, known: Account) -> timedelta:
    """One source is late alike: its own two times are compared as they stand."""
    return abs(told.timing.occurred_at - known.timing.occurred_at)


def _together(one: IncidentKind, other: IncidentKind, groups: tuple[frozenset[IncidentKind], ...]) -> bool:
    return one is other or any(one in group and other in group for group in groups)


def _contradict(told: Account, known: Account) -> bool:
    weapons, relations = {told.weapon, known.weapon}, {told.relationship, known.relationship}
    return len(weapons - {Weapon.UNKNOWN}) > 1 or len(relations - {Relationship.UNKNOWN}) > 1
