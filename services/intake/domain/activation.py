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
    TIME_UNKNOWN = "time_unknown"
    DAY_ONLY = "day_only"
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"


class TimeUsed(StrEnum):
    OCCURRED = "occurred"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class ActivationPolicy:
    trusted_sources: frozenset[SourceKind]
    kinds: frozenset[IncidentKind]
    max_age: timedelta
    max_future_skew: timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """When it happened and when it was told. All instants are aware; `precision` speaks of `occurred_at`."""

    occurred_at: datetime | None
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
    """Activated by policy; `age` was judged by the time named in `by`."""

    by: TimeUsed
    age: timedelta


@dataclass(frozen=True, slots=True)
class NeedsDispatcher:
    """Every obstacle, in the order of `Obstacle`; never empty."""

    obstacles: tuple[Obstacle, ...]


def decide(candidate: Candidate, policy: ActivationPolicy, now: datetime) -> Automatic | NeedsDispatcher:
    timed = judge_time(candidate.timing, policy, now)
    checks = (
        (Obstacle.OUT_OF_SCOPE, not candidate.in_scope),
        (Obstacle.UNTRUSTED_SOURCE, not candidate.trusted),
        (Obstacle.KIND_NOT_AUTOMATIC, candidate.kind not in policy.kinds),
        (Obstacle.RUMOUR, candidate.rumour),
    )
    obstacles = tuple(obstacle for obstacle, applies in checks if applies)
    if isinstance(timed, Obstacle):
        return NeedsDispatcher((*obstacles, timed))
    return NeedsDispatcher(obstacles) if obstacles else timed


def judge_time(timing: Timing, policy: ActivationPolicy, now: datetime) -> Automatic | Obstacle:
    """The time of the event counts, and only where it is not known at all the time of the report."""
    if timing.occurred_at is not None and timing.precision is TimePrecision.DAY:
        return Obstacle.DAY_ONLY
    instant = timing.occurred_at or timing.reported_at
    if instant is None:
        return Obstacle.TIME_UNKNOWN
    age = now - instant
    if age < -policy.max_future_skew:
        return Obstacle.IN_THE_FUTURE
    if age > policy.max_age:
        return Obstacle.TOO_OLD
    return Automatic(TimeUsed.REPORTED if timing.occurred_at is None else TimeUsed.OCCURRED, age)


def activatable_until(timing: Timing, policy: ActivationPolicy) -> datetime | None:
    """After this instant nobody may be paged for it, whoever asks. None where no time is known at all."""
    if timing.occurred_at is not None and timing.precision is TimePrecision.DAY:
        return timing.occurred_at + timedelta(days=1) + policy.max_age
    instant = timing.occurred_at or timing.reported_at
    return None if instant is None else instant + policy.max_age
