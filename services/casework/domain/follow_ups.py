"""What must be done after an incident, decided from the programme's rules and nothing else.

Total over every state: a snapshot decides the same whether or not earlier ones were seen. Whether a follow-up was
opened before is not asked here; the store opens each kind once per incident and occasion. The occasion is the first
one, or that the incident has become what the rule asks again for: a family that lost somebody is another task than
the one that was done for the wounded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.kernel.vocabulary import IncidentKind, IncidentState

FIRST = "first"


class Trigger(StrEnum):
    """`activated`: due from the activation. `activated_or_reclassified`: due from when the incident came to qualify."""

    ACTIVATED = "activated"
    ACTIVATED_OR_RECLASSIFIED = "activated_or_reclassified"


class Fact(StrEnum):
    JUVENILE_INVOLVED = "juvenile_involved"
    BELIEVED_GROUP_RELATED = "believed_group_related"


@dataclass(frozen=True, slots=True)
class Condition:
    """Of one of the kinds, and with one of the facts if any are named. What is not known does not count as a fact."""

    kinds: frozenset[IncidentKind]
    and_any: frozenset[Fact] = frozenset()


@dataclass(frozen=True, slots=True)
class Unactivated:
    """What is owed although nobody responded: of these kinds, where it occurred at most so long before it is told."""

    kinds: frozenset[IncidentKind]
    max_age: timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """Without conditions it holds for every activated incident. `again_for`: kinds that are occasions of their own.
    `unactivated`: when it also holds for what was not.
    """

    kind: str
    trigger: Trigger
    due_within: timedelta
    when_any: tuple[Condition, ...] = ()
    again_for: frozenset[IncidentKind] = frozenset()
    unactivated: Unactivated | None = None


@dataclass(frozen=True, slots=True)
class FollowedIncident:
    """An incident as it is now. `changed_at` is when it came to be so. `doubtful`: nobody whose word counts told of it,
    or a person holds it for talk.
    """

    state: IncidentState
    kind: IncidentKind
    facts: frozenset[Fact]
    occurred_at: datetime
    activated_at: datetime | None
    changed_at: datetime
    exercise: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    kind: str
    due_at: datetime
    occasion: str = FIRST


@dataclass(frozen=True, slots=True)
class Decision:
    """First withdraw what is open, if so decided, but for the kinds in `kept`; then open what is wanted and was never
    opened.
    """

    withdraw_open: bool
    wanted: tuple[Wanted, ...]
    kept: frozenset[str] = frozenset()


def decide(rules: Iterable[Rule], incident: FollowedIncident) -> Decision:
    """What was void from the start owes nothing; what nobody responds to, or no more because its response was another
    incident's, owes what is owed without; what is closed still owes what it owed.

    A new fact about a closed incident (a victim dies weeks later) still opens what it qualifies for.
    """
    if incident.state in (IncidentState.REPORTED, IncidentState.VERIFIED):
        return _not_responded_to(rules, incident)
    if incident.state not in (IncidentState.ACTIVATED, IncidentState.CLOSED):
        return Decision(withdraw_open=True, wanted=())
    closed = incident.state is IncidentState.CLOSED
    asked = [rule for rule in rules if not closed or rule.trigger is Trigger.ACTIVATED_OR_RECLASSIFIED]
    wanted = tuple(_wanted(rule, incident) for rule in asked if qualifies(rule, incident))
    return Decision(withdraw_open=False, wanted=wanted)


def _not_responded_to(rules: Iterable[Rule], incident: FollowedIncident) -> Decision:
    """What was asked for once is kept however old it grows, and whatever is said of it later; history asks nothing."""
    owed = [rule for rule in rules if rule.unactivated is not None and incident.kind in rule.unactivated.kinds]
    asks = not incident.exercise and not incident.doubtful
    wanted = tuple(_wanted(rule, incident) for rule in owed if asks and _recent(rule, incident))
    return Decision(withdraw_open=True, wanted=wanted, kept=frozenset(rule.kind for rule in owed))


def _recent(rule: Rule, incident: FollowedIncident) -> bool:
    age = incident.changed_at - incident.occurred_at
    return rule.unactivated is not None and age <= rule.unactivated.max_age and qualifies(rule, incident)


def qualifies(rule: Rule, incident: FollowedIncident) -> bool:
    return not rule.when_any or any(_holds(condition, incident) for condition in rule.when_any)


def _holds(condition: Condition, incident: FollowedIncident) -> bool:
    if incident.kind not in condition.kinds:
        return False
    return not condition.and_any or not condition.and_any.isdisjoint(incident.facts)


def _wanted(rule: Rule, incident: FollowedIncident) -> Wanted:
    occasion = incident.kind.value if incident.kind in rule.again_for else FIRST
    return Wanted(rule.kind, _due(rule, incident), occasion)


def _due(rule: Rule, incident: FollowedIncident) -> datetime:
    responded = incident.activated_at if rule.trigger is Trigger.ACTIVATED else None
    return (responded or incident.changed_at) + rule.due_within
