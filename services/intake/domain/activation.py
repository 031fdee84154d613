"""Whether the programme responds by itself or a dispatcher decides.

Nobody is ever paged by policy for an old crime: a time is needed that is known to the hour or better and
lies no further back than the policy's limit. A date alone never activates by itself, however fresh the report
about it. A dispatcher decides within the same limit: for a date alone it counts from the end of that day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.kernel.vocabulary import IncidentKind, SourceKind, TimePrecision


class Obstacle(StrEnum):
    """Why a dispatcher has to decide."""

    OUT_OF_SCOPE = "out_of_scope"
    UNTRUSTED_SOURCE = "untrusted_source"
    KIND_NOT_AUTOMATIC = "kind_not_automatic"
    RUMOUR = "rumour"
    DAY_ONLY = "day_only"
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class ActivationPolicy:
    trusted_sources: frozenset[SourceKind]
    kinds: frozenset[IncidentKind]
    max_age: timedelta
    max_future_skew: timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """When it happened and when it was told. All instants are aware; `precision` speaks of `occurred_at`."""

    occurred_at: datetime
    precision: TimePrecision
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """`trusted`: whoever said it may page people without a dispatcher. `rumour`: a person has said that it may be talk
    and nothing more.
    """

    trusted: bool
    kind: IncidentKind
    in_scope: bool
    timing: Timing
    rumour: bool = False


@dataclass(frozen=True, slots=True)
class Automatic:
    """Activated by policy."""


@dataclass(frozen=True, slots=True)
class NeedsDispatcher:
    """Every obstacle, in the order of `Obstacle`; never empty."""

    obstacles: tuple[Obstacle, ...]


def decide(candidate: Candidate, policy: ActivationPolicy, now: datetime) -> Automatic | NeedsDispatcher:
    timing = _obstacle_of_time(candidate.timing, policy, now)
    checks = (
        (Obstacle.OUT_OF_SCOPE, not candidate.in_scope),
        (Obstacle.UNTRUSTED_SOURCE, not candidate.trusted),
        (Obstacle.KIND_NOT_AUTOMATIC, candidate.kind not in policy.kinds),
        (Obstacle.RUMOUR, candidate.rumour),
    )
    obstacles = [obstacle for obstacle, applies in checks if applies]
    if timing is not None:
        obstacles.append(timing)
    return NeedsDispatcher(tuple(obstacles)) if obstacles else Automatic()


def _obstacle_of_time(timing: Timing, policy: ActivationPolicy, now: datetime) -> Obstacle | None:
    if timing.precision is TimePrecision.DAY:
        return Obstacle.DAY_ONLY
    age = now - timing.occurred_at
    if age < -policy.max_future_skew:
        return Obstacle.IN_THE_FUTURE
    return Obstacle.TOO_OLD if age > policy.max_age else None


def activatable_until(timing: Timing, policy: ActivationPolicy) -> datetime:
    """After this instant nobody may be paged for it, whoever asks."""
    day = timedelta(days=1) if timing.precision is TimePrecision.DAY else timedelta(0)
    return timing.occurred_at + day + policy.max_age
