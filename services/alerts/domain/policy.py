"""A dispatch policy: who is wanted, how long is waited, who is told when nobody has it.

`Policy` is what holds for one incident: the programme's general terms, and on top of them those of every rule whose
conditions the incident meets, in the order of the rules. A running dispatch keeps the policy it was opened with; what
its incident is may change, and with it which of that policy's rules hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.alerts.domain.hours import WeeklyHours
from services.alerts.domain.quiet_hours import QuietHours
from shared.kernel.vocabulary import DispatchRole, EscalationTarget, IncidentKind

# To one phone by SMS, e-mail or chat, where a policy does not say how many. Urgent ones count and are never held back.
TEXTS_PER_MINUTE = 4


@dataclass(frozen=True)
class Classification:
    """What of an incident a policy may ask about. What is not known is false."""

    kind: IncidentKind
    anyone_hurt: bool = False
    anyone_killed: bool = False
    juvenile_involved: bool = False
    exercise: bool = False


@dataclass(frozen=True)
class Step:
    """What is done when somebody has been wanted for this long and nobody has the role."""

    to: EscalationTarget
    after: timedelta


@dataclass(frozen=True)
class Policy:
    """`radius_steps_m`: people are asked within the first that holds enough of them; None: no limit.

    `location_max_age`: an older position is not believed, the home base counts. `on_scene_within`: from accepting;
    None: nobody is told (policies of before). `escalation`: by time from when somebody began to be wanted.
    `weekly_hours` None: no limit (policies of before). `targets`: by name, in seconds after the activation.
    """

    name: str
    version: int
    roles: Mapping[DispatchRole, int]
    parallel_offers: int
    acknowledge_within: timedelta
    accept_within: timedelta
    undelivered_after: timedelta
    location_max_age: timedelta
    rest: timedelta
    radius_steps_m: tuple[float | None, ...]
    page_repeat: timedelta
    activation_max_age: timedelta
    hand_back_after: timedelta
    on_scene_within: timedelta | None = None
    escalation: tuple[Step, ...] = ()
    quiet_hours: QuietHours | None = None
    weekly_hours: WeeklyHours | None = None
    rules_held: tuple[str, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """Everything that is said must be so; `kinds` empty and None: whatever it is."""

    kinds: frozenset[IncidentKind] = frozenset()
    anyone_hurt: bool | None = None
    anyone_killed: bool | None = None
    juvenile_involved: bool | None = None
    exercise: bool | None = None

    def holds(self, incident: Classification) -> bool:
        if self.kinds and incident.kind not in self.kinds:
            return False
        asked = (
            (self.anyone_hurt, incident.anyone_hurt),
            (self.anyone_killed, incident.anyone_killed),
            (self.juvenile_involved, incident.juvenile_involved),
            (self.exercise, incident.exercise),
        )
        return all(wanted is None or wanted is there for wanted, there in asked)


@dataclass(frozen=True)
class Rule:
    """`terms`: as they are stored. A role whose count is 0 is not wanted after all."""

    name: str
    when: Condition
    roles: Mapping[DispatchRole, int]
    terms: Mapping[str, Any]
    targets: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Applied:
    """What the rules that hold make of the general terms."""

    rules: tuple[str, ...]
    roles: Mapping[DispatchRole, int]
    terms: Mapping[str, Any]
    targets: Mapping[str, float]


def apply_rules(roles: Mapping[DispatchRole, int], rules: Iterable[Rule], incident: Classification) -> Applied:
    """A later rule outweighs an earlier one."""
    wanted, terms, targets, held = dict(roles), dict[str, Any](), dict[str, float](), list[str]()
    for rule in rules:
        if rule.when.holds(incident):
            held.append(rule.name)
            wanted |= rule.roles
            terms |= rule.terms
            targets |= rule.targets
    return Applied(tuple(held), {role: count for role, count in wanted.items() if count > 0}, terms, targets)
