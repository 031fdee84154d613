"""Stored policies, of whatever age, as the decisions know them.

Bodies are kept as they were loaded. One of before a term existed is read as it was meant then: nobody is asked or
paged in a way that it did not know of.
"""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.alerts.domain.hours import WeeklyHours
from services.alerts.domain.policy import Classification, Condition, Policy, Rule, Step, apply_rules
from services.alerts.domain.quiet_hours import QuietHours
from shared.kernel.vocabulary import DispatchRole, EscalationTarget, IncidentKind, MayWait, SourceKind

# Where a policy of before says nothing: taking over is a person's act of today, and nobody's forgetting may be silent.
HAND_BACK_AFTER_S = 1800


def policy_of(name: str, version: int, body: Mapping[str, Any], incident: Classification) -> Policy:
    """What a stored body says for such an incident. Total for bodies that were loaded once."""
    applied = apply_rules(_roles(body["roles"]), [_rule(one) for one in body.get("rules", ())], incident)
    terms = {**body, **applied.terms}
    return Policy(
        name=name,
        version=version,
        roles=applied.roles,
        parallel_offers=terms["parallel_offers"],
        acknowledge_within=timedelta(seconds=terms["acknowledge_within_s"]),
        accept_within=timedelta(seconds=terms["accept_within_s"]),
        undelivered_after=timedelta(seconds=terms["undelivered_after_s"]),
        location_max_age=timedelta(seconds=terms["location_max_age_s"]),
        rest=timedelta(seconds=terms["rest_s"]),
        radius_steps_m=tuple(terms["radius_steps_m"] if "radius_steps_m" in terms else [terms["radius_m"]]),
        page_repeat=timedelta(seconds=terms["page_repeat_s"]),
        activation_max_age=timedelta(seconds=body["activation_max_age_s"]),
        on_scene_within=_maybe(terms.get("on_scene_within_s")),
        hand_back_after=timedelta(seconds=terms.get("hand_back_after_s", HAND_BACK_AFTER_S)),
        escalation=tuple(_step(one) for one in terms.get("escalation", ())),
        weekly_hours=_weekly_hours(body.get("weekly_hours")),
        quiet_hours=quiet_hours_of(body),
        rules_held=applied.rules,
        targets={**body.get("targets", {}), **applied.targets},
    )


def general_policy(name: str, version: int, body: Mapping[str, Any]) -> Policy:
    """What a stored body says of no incident in particular: its general terms, whatever its rules change."""
    return policy_of(name, version, {**body, "rules": ()}, Classification(IncidentKind.OTHER))


def _weekly_hours(section: Mapping[str, Any] | None) -> WeeklyHours | None:
    if section is None:
        return None
    alone = section["on_duty_counts"] == "engagement"
    return WeeklyHours(section["engagement"], section["other"], against_engagement_alone=alone)


def most_wanted(body: Mapping[str, Any]) -> dict[DispatchRole, int]:
    """The most that a stored policy wants of each role at any one incident."""
    found: dict[DispatchRole, int] = {}
    for roles in (body["roles"], *(rule.get("roles", {}) for rule in body.get("rules", ()))):
        for role, count in _roles(roles).items():
            found[role] = max(count, found.get(role, 0))
    return {role: count for role, count in found.items() if count > 0}


def classify(incident: Mapping[str, Any]) -> Classification:
    """From an incident's snapshot as it is kept with its dispatch."""
    kind = IncidentKind(incident["kind"])
    return Classification(
        kind=kind,
        anyone_hurt=bool(incident.get("injured")) or SourceKind.HOSPITAL in incident["sources"],
        anyone_killed=bool(incident.get("killed")) or kind is IncidentKind.HOMICIDE,
        juvenile_involved=bool(incident.get("juvenile_involved")),
        exercise=incident["exercise"],
    )


def _roles(roles: Mapping[str, int]) -> dict[DispatchRole, int]:
    return {DispatchRole(role): count for role, count in roles.items()}


def _rule(rule: Mapping[str, Any]) -> Rule:
    when = dict(rule["when"])
    kinds = frozenset(IncidentKind(kind) for kind in when.pop("kinds", None) or ())
    said = {name: rule.get(name, {}) for name in ("terms", "targets")}
    return Rule(rule["name"], Condition(kinds, **when), _roles(rule.get("roles", {})), **said)


def _step(step: Mapping[str, Any]) -> Step:
    return Step(EscalationTarget(step["to"]), timedelta(seconds=step["after_s"]))


def _maybe(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def quiet_hours_of(body: Mapping[str, Any]) -> QuietHours | None:
    if "quiet_hours" not in body:
        return None
    said = body["quiet_hours"]
    return QuietHours(
        begin=time.fromisoformat(said["from"]),
        end=time.fromisoformat(said["until"]),
        waits=frozenset(MayWait(one) for one in said["waits"]),
        zone=ZoneInfo(body["time_zone"]),
    )
