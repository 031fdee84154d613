"""What time does to a dispatch that somebody is wanted for and nobody has: its policy's steps, one after the other.

Times are counted from when somebody began to be wanted, so that a step that came late does not push the others.
"""

from collections.abc import Sequence
from datetime import datetime

from services.alerts.domain.policy import Policy, Step
from services.alerts.domain.ranking import Ranked
from shared.kernel.vocabulary import EscalationTarget, Tier

_TIERS = tuple(Tier)


def at_step(policy: Policy, taken: int, since: datetime) -> datetime | None:
    """When the step after those taken is due; None: there is none."""
    return since + policy.escalation[taken].after if taken < len(policy.escalation) else None


def due(policy: Policy, taken: int, since: datetime, at: datetime) -> Step | None:
    """The step after those taken, if its time has come. Never early: a time that equals `at` has come."""
    moment = at_step(policy, taken, since)
    return policy.escalation[taken] if moment is not None and at >= moment else None


def asked_beside(policy: Policy, taken: int) -> int:
    """How many are asked beside the usual number, because the steps taken have turned to the next tier."""
    return sum(step.to is EscalationTarget.NEXT_TIER for step in policy.escalation[:taken])


def next_tier_first(choices: Sequence[Ranked], asked: Sequence[Tier]) -> tuple[Ranked, ...]:
    """Those of a tier behind all who are being asked, then the others; each in their own order."""
    last = max((_TIERS.index(tier) for tier in asked), default=len(_TIERS))
    return tuple(sorted(choices, key=lambda one: _TIERS.index(one.tier) <= last))
