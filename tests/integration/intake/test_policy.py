"""What policy makes of a report by itself: what it activates, routes elsewhere, or leaves to a dispatcher."""

from typing import Any

import pytest

from tests.support.intake import Intake, ago


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


@pytest.mark.parametrize(
    ("source", "said", "obstacle"),
    [
        ("police", {"occurred_at": ago(hours=6, minutes=1)}, "too_old"),
        ("police", {"occurred_at": ago(days=400)}, "too_old"),
        ("police", {"occurred_at": ago(days=2), "reported_at": ago(minutes=1)}, "too_old"),
        ("police", {"occurred_at": ago(hours=1), "occurred_precision": "day"}, "day_only"),
        ("resident", {}, "untrusted_source"),
        ("sensor", {}, "untrusted_source"),
        ("police", {"kind": "armed_robbery"}, "kind_not_automatic"),
        ("police", {"kind": "other", "killed": 1}, "kind_not_automatic"),
    ],
)
async def test_what_policy_does_not_activate_waits_for_a_dispatcher(
    intake: Intake, source: str, said: dict[str, Any], obstacle: str
) -> None:
    taken = await intake.taken(by=intake.source(source), **said)
    assert taken["disposition"] == "opened"
    assert taken["incident"]["state"] == "reported"
    assert taken["incident"]["activated_at"] is None
    assert await intake.events(taken["incident_id"]) == [("opened", 1)]
    assert (await intake.shown(taken["incident_id"]))["obstacles"] == [obstacle]


@pytest.mark.parametrize(
    ("relationship", "route"),
    [("intimate_partner", "dc_victim_hotline"), ("family", "family_and_survivor_support")],
)
async def test_what_is_out_of_scope_is_routed_and_the_caller_is_told(
    intake: Intake, relationship: str, route: str
) -> None:
    taken = await intake.taken(relationship=relationship)
    incident = taken["incident"]
    assert taken["disposition"] == "screened_out"
    assert (incident["state"], incident["screened_out_reason"], incident["route"]) == (
        "screened_out",
        "out_of_scope",
        route,
    )
    assert "does not respond" in taken["tell_the_caller"]
    assert await intake.events(taken["incident_id"]) == [("opened", 1), ("screened_out", 2)]
    assert (await intake.shown(taken["incident_id"]))["reports"][0]["report_id"] == taken["report_id"]


@pytest.mark.parametrize("kind", ["shooting", "stabbing", "assault", "shots_fired", "armed_robbery", "threat"])
async def test_a_death_makes_it_a_homicide(intake: Intake, kind: str) -> None:
    incident = (await intake.taken(kind=kind, killed=1))["incident"]
    assert (incident["kind"], incident["killed"], incident["state"]) == ("homicide", 1, "activated")


async def test_a_homicide_with_nobody_killed_has_an_unknown_count(intake: Intake) -> None:
    incident = (await intake.taken(kind="homicide", killed=0))["incident"]
    assert (incident["kind"], incident["killed"]) == ("homicide", None)


async def test_a_drill_takes_the_same_path_and_stays_marked(intake: Intake) -> None:
    incident = (await intake.taken(exercise=True))["incident"]
    assert (incident["exercise"], incident["state"]) == (True, "activated")


async def test_staff_report_as_staff_or_for_those_who_told_them(intake: Intake) -> None:
    dispatcher = intake.staff()
    own = await intake.taken(by=dispatcher)
    told = await intake.taken(by=dispatcher, on_behalf_of="resident")
    assert (own["incident"]["sources"], own["incident"]["state"]) == (["staff"], "activated")
    assert (told["incident"]["sources"], told["incident"]["state"]) == (["resident"], "reported")


async def test_a_clock_a_little_ahead_is_no_mistake(intake: Intake) -> None:
    assert (await intake.taken(occurred_at=ago(seconds=-60)))["incident"]["state"] == "activated"
