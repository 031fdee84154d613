"""Nobody is ever paged by policy for an old crime, nor for one of which only the day is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.domain.activation import (
    ActivationPolicy,
    Automatic,
    Candidate,
    NeedsDispatcher,
    Obstacle,
    Timing,
    activatable_until,
    decide,
)
from shared.kernel.vocabulary import IncidentKind, SourceKind, TimePrecision

NOW = datetime(2022, 8, 27, 3, 0, tzinfo=UTC)
POLICY = ActivationPolicy(
    trusted_sources=frozenset({SourceKind.POLICE, SourceKind.HOSPITAL}),
    kinds=frozenset({IncidentKind.SHOOTING, IncidentKind.HOMICIDE}),
    max_age=timedelta(hours=6),
    max_future_skew=timedelta(minutes=2),
)


def shooting(
    ago: timedelta = timedelta(minutes=10),
    precision: TimePrecision = TimePrecision.MINUTE,
    reported_ago: timedelta = timedelta(minutes=1),
) -> Candidate:
    timing = Timing(NOW - ago, precision, NOW - reported_ago)
    return Candidate(True, IncidentKind.SHOOTING, in_scope=True, timing=timing)


@pytest.mark.parametrize("precision", [TimePrecision.MINUTE, TimePrecision.HOUR])
@pytest.mark.parametrize("ago", [timedelta(0), timedelta(minutes=10), timedelta(hours=6)])
def test_a_recent_shooting_told_by_a_trusted_source_activates_by_itself(
    ago: timedelta, precision: TimePrecision
) -> None:
    assert decide(shooting(ago, precision), POLICY, NOW) == Automatic()


@pytest.mark.parametrize("ago", [timedelta(hours=6, microseconds=1), timedelta(days=1), timedelta(days=9000)])
@pytest.mark.parametrize("precision", list(TimePrecision))
@pytest.mark.parametrize("kind", list(IncidentKind))
def test_an_old_crime_never_activates_by_itself_however_fresh_the_report(
    ago: timedelta, precision: TimePrecision, kind: IncidentKind
) -> None:
    anything_goes = replace(POLICY, kinds=frozenset(IncidentKind))
    old = replace(shooting(ago, precision, reported_ago=timedelta(0)), kind=kind)
    assert isinstance(decide(old, anything_goes, NOW), NeedsDispatcher)


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(minutes=1), timedelta(hours=5), timedelta(days=2)])
def test_a_crime_of_which_only_the_day_is_known_never_activates_by_itself(ago: timedelta) -> None:
    decision = decide(shooting(ago, TimePrecision.DAY, reported_ago=timedelta(0)), POLICY, NOW)
    assert decision == NeedsDispatcher((Obstacle.DAY_ONLY,))


def test_a_rumour_never_activates_by_itself() -> None:
    assert decide(replace(shooting(), rumour=True), POLICY, NOW) == NeedsDispatcher((Obstacle.RUMOUR,))


def test_a_clock_slightly_ahead_is_forgiven_and_a_time_in_the_future_is_not() -> None:
    assert isinstance(decide(shooting(-timedelta(minutes=2)), POLICY, NOW), Automatic)
    decision = decide(shooting(-timedelta(minutes=2, seconds=1)), POLICY, NOW)
    assert decision == NeedsDispatcher((Obstacle.IN_THE_FUTURE,))


@pytest.mark.parametrize(
    ("candidate", "obstacle"),
    [
        (replace(shooting(), trusted=False), Obstacle.UNTRUSTED_SOURCE),
        (replace(shooting(), kind=IncidentKind.THREAT), Obstacle.KIND_NOT_AUTOMATIC),
        (replace(shooting(), in_scope=False), Obstacle.OUT_OF_SCOPE),
    ],
)
def test_one_obstacle_is_enough_and_is_named(candidate: Candidate, obstacle: Obstacle) -> None:
    assert decide(candidate, POLICY, NOW) == NeedsDispatcher((obstacle,))


def test_every_obstacle_is_named_in_a_fixed_order() -> None:
    worst = replace(shooting(timedelta(days=1)), trusted=False, kind=IncidentKind.SHOTS_FIRED, in_scope=False)
    assert decide(worst, POLICY, NOW) == NeedsDispatcher(
        (Obstacle.OUT_OF_SCOPE, Obstacle.UNTRUSTED_SOURCE, Obstacle.KIND_NOT_AUTOMATIC, Obstacle.TOO_OLD)
    )


@pytest.mark.parametrize(
    ("precision", "hours"), [(TimePrecision.MINUTE, 6), (TimePrecision.HOUR, 6), (TimePrecision.DAY, 30)]
)
def test_a_person_may_decide_as_long_as_it_may_be_fresh(precision: TimePrecision, hours: int) -> None:
    timing = Timing(NOW, precision, None)
    assert activatable_until(timing, POLICY) == NOW + timedelta(hours=hours)
