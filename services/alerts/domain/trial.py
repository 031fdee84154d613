"""What another policy would have made of a past incident, told from what its first decisions were made from.

Only what follows from those inputs is told: who would have been asked at once, and whether anybody could have been.
What people would have answered is known to nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.alerts.domain.decision import Inputs, decide
from services.alerts.domain.policy import Policy
from shared.kernel.vocabulary import DispatchRole


@dataclass(frozen=True, slots=True)
class Asking:
    """For one role. `wanted` 0: it is not asked for. `at_once`: in order."""

    wanted: int
    at_once: tuple[UUID, ...]

    @property
    def nobody(self) -> bool:
        return self.wanted > 0 and not self.at_once

    @property
    def first(self) -> UUID | None:
        return self.at_once[0] if self.at_once else None


@dataclass(frozen=True, slots=True)
class Comparison:
    role: DispatchRole
    before: Asking
    after: Asking

    @property
    def differs(self) -> bool:
        return self.before != self.after


def compare(decisions: Mapping[DispatchRole, Inputs], before: Policy, after: Policy) -> tuple[Comparison, ...]:
    """`decisions`: the first of each role; a role that was not asked for is judged by the first of all."""
    if not decisions:
        return ()
    earliest = min(decisions.values(), key=lambda one: one.need.at)
    roles = [role for role in DispatchRole if role in before.roles or role in after.roles]
    inputs = {role: decisions.get(role, earliest) for role in roles}
    return tuple(
        Comparison(role, _asked(inputs[role], role, before), _asked(inputs[role], role, after)) for role in roles
    )


def _asked(inputs: Inputs, role: DispatchRole, policy: Policy) -> Asking:
    wanted = policy.roles.get(role, 0)
    if wanted == 0:
        return Asking(0, ())
    missing = wanted * policy.parallel_offers
    ranking = decide(replace(inputs, need=replace(inputs.need, role=role), at_least=missing), policy).ranking
    return Asking(wanted, tuple(one.interrupter_id for one in ranking.choices[:missing]))


@dataclass(frozen=True, slots=True)
class Summary:
    incidents: int
    changed: int
    first_asked_otherwise: int
    offers_before: int
    offers_after: int
    nobody_before: int
    nobody_after: int


def summed_up(incidents: Mapping[UUID, tuple[Comparison, ...]]) -> Summary:
    every = [one for found in incidents.values() for one in found]
    return Summary(
        incidents=len(incidents),
        changed=sum(any(one.differs for one in found) for found in incidents.values()),
        first_asked_otherwise=sum(
            one.before.first != one.after.first for one in every if one.before.wanted and one.after.wanted
        ),
        offers_before=sum(len(one.before.at_once) for one in every),
        offers_after=sum(len(one.after.at_once) for one in every),
        nobody_before=sum(one.before.nobody for one in every),
        nobody_after=sum(one.after.nobody for one in every),
    )
