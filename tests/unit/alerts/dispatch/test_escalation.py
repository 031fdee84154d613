"""When a step of the escalation is due, and whom it turns to."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.alerts.domain.escalation import asked_beside, at_step, due, next_tier_first
from services.alerts.domain.policy import Step
from services.alerts.domain.ranking import Ranked
from shared.kernel.vocabulary import EscalationTarget, Tier
from tests.unit.alerts.dispatch.test_ranking import NOW, POLICY

STEPS = (
    Step(EscalationTarget.NEXT_TIER, timedelta(minutes=3)),
    Step(EscalationTarget.SUPERVISOR, timedelta(minutes=6)),
    Step(EscalationTarget.DISPATCHER, timedelta(minutes=10)),
)
CHAIN = replace(POLICY, escalation=STEPS)


def test_a_step_is_due_at_its_time_and_not_a_moment_before() -> None:
    for taken, step in enumerate(STEPS):
        assert at_step(CHAIN, taken, NOW) == NOW + step.after
        assert due(CHAIN, taken, NOW, NOW + step.after - timedelta(microseconds=1)) is None
        assert due(CHAIN, taken, NOW, NOW + step.after) is step


def test_after_the_last_step_and_without_steps_nothing_is_due() -> None:
    assert at_step(CHAIN, 3, NOW) is None
    assert due(CHAIN, 3, NOW, NOW + timedelta(days=1)) is None
    assert due(POLICY, 0, NOW, NOW + timedelta(days=1)) is None


def test_somebody_is_asked_beside_from_the_step_on_that_turns_to_the_next_tier() -> None:
    assert [asked_beside(CHAIN, taken) for taken in range(4)] == [0, 1, 1, 1]


def test_the_next_tier_comes_before_more_of_the_same() -> None:
    tiers = (Tier.TEAM, Tier.TEAM, Tier.LICENSED, Tier.FLOATER)
    people = [Ranked(UUID(int=number), tier, 100, 1) for number, tier in enumerate(tiers)]
    assert [one.interrupter_id.int for one in next_tier_first(people, [Tier.TEAM])] == [2, 3, 0, 1]
    assert [one.interrupter_id.int for one in next_tier_first(people, [Tier.FLOATER, Tier.TEAM])] == [0, 1, 2, 3]
    assert [one.interrupter_id.int for one in next_tier_first(people, [])] == [0, 1, 2, 3]
