"""The body of `POST /v1/reports`: what may be said at all, whoever says it and whatever the programme.

Strict: no unknown field, no number given as text, no time without an offset. What needs the programme or the present
time (the city's bounds, the future) is refused by the use case.
"""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from services.intake.domain.activation import Timing
from services.intake.domain.facts import Facts
from services.intake.domain.report import Report
from services.intake.domain.sources import Speaker
from shared.kernel.geo import Point
from shared.kernel.vocabulary import IncidentKind, Relationship, SourceKind, TimePrecision, Weapon

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def _with_offset(value: Any) -> Any:
    if not isinstance(value, str) or _RFC3339.fullmatch(value) is None:
        raise ValueError("must be a date and time with an offset, as in RFC 3339")
    return value


def _not_before_2000(instant: datetime) -> datetime:
    if instant < _EARLIEST:
        raise ValueError("lies before the year 2000")
    return instant


Instant = Annotated[AwareDatetime, BeforeValidator(_with_offset), AfterValidator(_not_before_2000)]
People = Annotated[int, Field(strict=True, ge=0, le=1000)]
Fact = Annotated[bool, Field(strict=True)]
SourceRef = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class LocationSaid(Said):
    lat: Annotated[float, Field(strict=True, ge=-90, le=90)]
    lon: Annotated[float, Field(strict=True, ge=-180, le=180)]
    accuracy_m: Annotated[float, Field(strict=True, ge=0, le=100_000)] | None = None


class ReportSaid(Said):
    """None is "not known". The source is the caller's identity and not said here. `restricted`: for staff alone."""

    source_ref: SourceRef | None = None
    kind: IncidentKind
    occurred_at: Instant
    occurred_precision: TimePrecision = TimePrecision.MINUTE
    reported_at: Instant | None = None
    location: LocationSaid
    injured: People | None = None
    killed: People | None = None
    weapon: Weapon = Weapon.UNKNOWN
    relationship: Relationship = Relationship.UNKNOWN
    juvenile_involved: Fact | None = None
    believed_group_related: Fact | None = None
    active_threat: Fact = False
    exercise: Fact = False
    restricted: Fact = False
    on_behalf_of: SourceKind | None = None

    def by(self, speaker: Speaker, raw: bytes) -> Report:
        """`raw` is the body this was parsed from."""
        canonical = json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"))
        return Report(
            source=speaker.source,
            source_kind=speaker.kind,
            trust=speaker.trust,
            source_ref=self.source_ref,
            body=raw.decode(),
            content_sha256=hashlib.sha256(canonical.encode()).digest(),
            timing=Timing(self.occurred_at, self.occurred_precision, self.reported_at),
            point=Point(self.location.lat, self.location.lon),
            accuracy_m=self.location.accuracy_m,
            facts=self._facts(),
            exercise=self.exercise,
            restricted=self.restricted,
        )

    def _facts(self) -> Facts:
        return Facts(
            kind=self.kind,
            weapon=self.weapon,
            relationship=self.relationship,
            active_threat=self.active_threat,
            injured=self.injured,
            killed=self.killed,
            juvenile_involved=self.juvenile_involved,
            believed_group_related=self.believed_group_related,
        )
