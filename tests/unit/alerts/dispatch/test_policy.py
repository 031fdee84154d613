"""What a policy says for an incident, and what of it a stored one of before said."""

from pathlib import Path
from typing import Any

import pytest

from services.alerts.domain.policy import Classification, Policy
from services.alerts.policies import classify, policy_of
from services.alerts.programme import read_programme
from shared.kernel.vocabulary import DispatchRole, EscalationTarget, IncidentKind

DC = Path(__file__).parents[4] / "deploy" / "programs" / "dc_onse"
BODY = read_programme(DC).policy_body
SCENE, HOSPITAL, FAMILY = DispatchRole.SCENE, DispatchRole.HOSPITAL, DispatchRole.FAMILY
# As it was stored before there were rules.
OLD_BODY: dict[str, Any] = {
    "name": "dc_onse",
    "roles": {"scene": 1},
    "parallel_offers": 1,
    "acknowledge_within_s": 120,
    "accept_within_s": 300,
    "undelivered_after_s": 5,
    "location_max_age_s": 1800,
    "rest_s": 3600,
    "radius_m": 3000,
    "page_repeat_s": 120,
    "targets": {},
    "time_zone": "America/New_York",
    "activation_max_age_s": 21600,
}


def policy(kind: IncidentKind = IncidentKind.SHOOTING, **facts: bool) -> Policy:
    return policy_of("dc_onse", 1, BODY, Classification(kind, **facts))


@pytest.mark.parametrize(
    ("facts", "roles"),
    [
        ({}, {SCENE}),
        ({"anyone_hurt": True}, {SCENE, HOSPITAL}),
        ({"anyone_killed": True}, {SCENE, FAMILY}),
        ({"anyone_hurt": True, "anyone_killed": True}, {SCENE, HOSPITAL, FAMILY}),
        ({"juvenile_involved": True}, {SCENE, FAMILY}),
    ],
)
def test_the_districts_roles_follow_from_what_happened(facts: dict[str, bool], roles: set[DispatchRole]) -> None:
    assert set(policy(**facts).roles) == roles


def test_the_scene_is_wanted_whatever_happened() -> None:
    assert all(policy(kind).roles[SCENE] == 1 for kind in IncidentKind)


def test_a_condition_holds_only_if_all_of_it_does() -> None:
    assert set(policy(IncidentKind.THREAT, juvenile_involved=True).roles) == {SCENE}


def test_a_rule_changes_the_terms_of_its_incidents_alone() -> None:
    assert (policy().parallel_offers, policy(IncidentKind.HOMICIDE).parallel_offers) == (1, 2)
    assert [step.to for step in policy(exercise=True).escalation] == [EscalationTarget.DISPATCHER]


def test_a_rule_changes_single_targets_of_its_incidents_alone() -> None:
    rule = {"name": "a", "when": {"exercise": True}, "targets": {"accepted_s": 60}}
    body = {**BODY, "rules": [*BODY["rules"], rule, {**rule, "name": "b", "targets": {"triage_s": 7}}]}
    drill = policy_of("x", 1, body, Classification(IncidentKind.SHOOTING, exercise=True))
    assert drill.targets == {**BODY["targets"], "accepted_s": 60, "triage_s": 7}
    assert policy_of("x", 1, body, Classification(IncidentKind.SHOOTING)).targets == BODY["targets"]


def test_a_later_rule_outweighs_an_earlier_one() -> None:
    def rule(name: str, **said: Any) -> dict[str, Any]:
        return {"name": name, "when": {"kinds": ["shooting"]}, **said}

    body = {
        **OLD_BODY,
        "rules": [rule("a", roles={"hospital": 2}, terms={"rest_s": 1}), rule("b", roles={"hospital": 0})],
    }
    found = policy_of("x", 1, body, Classification(IncidentKind.SHOOTING))
    assert (found.roles, found.rest.total_seconds(), found.rules_held) == ({SCENE: 1}, 1, ("a", "b"))


def test_a_policy_of_before_is_read_as_it_was_meant() -> None:
    old = policy_of("dc_onse", 1, OLD_BODY, Classification(IncidentKind.HOMICIDE, anyone_hurt=True))
    assert (old.roles, old.radius_steps_m, old.escalation, old.on_scene_within) == ({SCENE: 1}, (3000,), (), None)


@pytest.mark.parametrize(
    ("incident", "expected"),
    [
        ({"kind": "shooting"}, Classification(IncidentKind.SHOOTING)),
        ({"kind": "shooting", "injured": 0, "killed": 0}, Classification(IncidentKind.SHOOTING)),
        ({"kind": "shooting", "injured": 2}, Classification(IncidentKind.SHOOTING, anyone_hurt=True)),
        ({"kind": "assault", "sources": ["hospital"]}, Classification(IncidentKind.ASSAULT, anyone_hurt=True)),
        ({"kind": "homicide", "killed": None}, Classification(IncidentKind.HOMICIDE, anyone_killed=True)),
        ({"kind": "stabbing", "killed": 1}, Classification(IncidentKind.STABBING, anyone_killed=True)),
        ({"kind": "threat", "exercise": True}, Classification(IncidentKind.THREAT, exercise=True)),
    ],
)
def test_what_is_not_known_is_not_so(incident: dict[str, Any], expected: Classification) -> None:
    assert classify({"sources": ["police"], "exercise": False, **incident}) == expected
