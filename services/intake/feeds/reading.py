"""What a feed reader says about a file: a report, a row it skips, or a row it cannot read.

Every data row of a file ends in exactly one of the three. A broken row names line, field and reason and
never repeats what stood there.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from shared.kernel.vocabulary import IncidentKind, Relationship, TimePrecision, Weapon


class ReportLocation(TypedDict):
    lat: float
    lon: float
    accuracy_m: float | None


class ReportBody(TypedDict):
    """The body of `POST /v1/reports`. Times are RFC 3339 in UTC; None is "not known"."""

    source_ref: str | None
    kind: IncidentKind
    occurred_at: str
    occurred_precision: TimePrecision
    reported_at: str | None
    location: ReportLocation
    injured: int | None
    killed: int | None
    weapon: Weapon
    relationship: Relationship
    juvenile_involved: bool | None
    believed_group_related: bool | None
    active_threat: bool
    exercise: bool


NOTHING_KNOWN: ReportBody = {
    "source_ref": None,
    "kind": IncidentKind.OTHER,
    "occurred_at": "",
    "occurred_precision": TimePrecision.MINUTE,
    "reported_at": None,
    "location": {"lat": 0.0, "lon": 0.0, "accuracy_m": None},
    "injured": None,
    "killed": None,
    "weapon": Weapon.UNKNOWN,
    "relationship": Relationship.UNKNOWN,
    "juvenile_involved": None,
    "believed_group_related": None,
    "active_threat": False,
    "exercise": False,
}
"""What a message that says no more leaves open; a translation names source, kind, time and place over it."""


class SkipReason(StrEnum):
    NOT_VIOLENT = "not_violent"
    SEX_ABUSE = "sex_abuse"
    ROBBERY_WITHOUT_GUN_OR_KNIFE = "robbery_without_gun_or_knife"


@dataclass(frozen=True, slots=True)
class ReadReport:
    """One incident of the file. `lines` are the rows it was made of, `victims` how many of them speak of a
    person.
    """

    lines: tuple[int, ...]
    victims: int
    body: ReportBody

    @property
    def idempotency_key(self) -> str:
        """The same content gives the same key for ever; any change of content gives another."""
        canonical = json.dumps(self.body, sort_keys=True, separators=(",", ":"))
        return f"feed-{hashlib.sha256(canonical.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class Skipped:
    line: int
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Unusable:
    """A part of a message of which no report can be made. `pointer` says which, as a JSON Pointer or an element's
    path; neither it nor the reason repeats what stood there.
    """

    pointer: str
    reason: str


class NotUsable(Exception):
    """Raised inside a translation, where the whole part it speaks of cannot be used."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.unusable = Unusable(pointer, reason)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The source takes back what it reported under this reference."""

    source_ref: str


@dataclass(frozen=True, slots=True)
class Chained:
    """What a message of a chain says. `own`: what it calls itself; `earlier`: what those are called that it refers to,
    the earliest first. `source_ref` of what it says is the earliest of all, as far as the message knows.
    """

    said: ReportBody | Withdrawal
    own: str
    earlier: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """`field` is the column, or None where the line as a whole cannot be read. `of_all`: it is no crime file at all, so
    that nothing is known of what should stand there, not even that it is empty.
    """

    line: int
    field: str | None
    reason: str
    of_all: bool = False
