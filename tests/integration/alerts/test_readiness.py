"""Who is ready: by the rules of the decision itself, counted for everybody, with names for those who may see them."""

from datetime import timedelta
from typing import Any

from tests.integration.alerts.conftest import AlertsAlone
from tests.support.planning import Planner
from tests.support.world import OAK_STREET, RIVER_ROAD

OAK: dict[str, Any] = {"org": OAK_STREET}


async def alder(alone: AlertsAlone, role: str = "dispatcher", **claims: Any) -> dict[str, Any]:
    answer = await alone.world.alerts.get("/v1/readiness", headers=alone.world.bearer(role, **claims))
    assert answer.status_code == 200, answer.text
    [shown] = [one for one in answer.json()["items"] if one["community"] == "alder"]
    return dict(shown)


async def in_alder(alone: AlertsAlone) -> None:
    """People of two organizations, of whom wren of the one and crow of the other would be asked now."""
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(
            "INSERT INTO communities (area_id, version, name) VALUES ('alder', 1, 'Alder'), ('birch', 1, 'Birch')"
        )
    who = {name: await alone.world.on_duty(name) for name in ("held", "in-conflict", "resting", "tired", "wren")}
    await alone.world.on_duty("asked", km=0.1)
    await alone.world.on_duty("crow", organization=RIVER_ROAD)
    supervisor = alone.world.bearer("supervisor", **OAK)
    for one, what, facts in (
        ("held", "safety-holds", {"reason": "threatened"}),
        (
            "in-conflict",
            "conflicts-of-interest",
            {"community": "alder", "reason": "kin", "expires_at": "2031-01-01T00:00:00Z"},
        ),
    ):
        path = f"/v1/interrupters/{who[one].worker}/{what}"
        assert (await alone.world.alerts.post(path, json=facts, headers=supervisor)).status_code == 201
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE interrupters SET last_cleared_at = app_now() WHERE call_sign = 'resting'")
        await tx.run(
            "UPDATE interrupters SET week_worked_s = 3600 * 41, week_began = date_trunc('week', app_now() "
            "AT TIME ZONE 'America/New_York') AT TIME ZONE 'America/New_York' WHERE call_sign = 'tired'"
        )
    await alone.world.asks(weekly_hours={"engagement": 30, "other": 10, "on_duty_counts": "all"}, rest_s=3600)
    await alone.incident()


async def test_ready_are_those_who_would_be_asked_now_and_why_not_is_told_to_whoever_may_know(
    alone: AlertsAlone,
) -> None:
    await in_alder(alone)
    shown = await alder(alone)
    [scene] = shown["roles"]
    assert (scene["on_duty"], scene["ready"]) == (7, 2)
    known = {
        "asked": "offered",
        "crow": None,
        "held": "safety_hold",
        "in-conflict": "not_available",
        "resting": "resting",
        "tired": "over_hours",
        "wren": None,
    }
    assert {one["call_sign"]: one["why_not"] for one in shown["on_now"]} == known
    office = {one["call_sign"]: one["why_not"] for one in (await alder(alone, "program_office"))["on_now"]}
    assert office == known | {"held": "not_available"}


async def test_members_of_the_team_without_a_licence_are_listed_as_such_and_fill_nothing(alone: AlertsAlone) -> None:
    world = alone.world
    async with world.alerts_db.transaction() as tx:
        await tx.run("INSERT INTO communities (area_id, version, name) VALUES ('alder', 1, 'Alder')")
    await world.on_duty("heron")
    await world.on_duty("wren", licensed=False)
    await world.on_duty("off", licensed=False, duty=False)
    await world.on_duty("owl", licensed=False, floater=True)
    await world.asks()
    shown = await alder(alone)
    assert {one["call_sign"]: one["why_not"] for one in shown["on_now"]} == {"heron": None, "wren": "no_licence"}
    [scene] = shown["roles"]
    assert (scene["on_duty"], scene["ready"]) == (1, 1)


async def test_a_supervisor_sees_everybody_counted_and_the_own_people_alone(alone: AlertsAlone) -> None:
    await in_alder(alone)
    rook = await alone.world.on_duty("rook", organization=RIVER_ROAD, duty=False)
    shown = await alder(alone, "supervisor", **OAK)
    [scene] = shown["roles"]
    assert (scene["on_duty"], scene["ready"]) == (7, 2)
    assert "crow" not in str(shown)
    assert {one["organization_id"] for one in shown["on_now"]} == {str(OAK_STREET)}
    assert {one["call_sign"]: one["why_not"] for one in shown["on_now"]}["in-conflict"] == "conflict_of_interest"
    planner = Planner(alone.world, RIVER_ROAD)
    await planner.shift(rook, await planner.now() + timedelta(hours=20), hours=8)
    for caller, name in (({"role": "supervisor", **OAK}, None), ({"role": "dispatcher"}, "rook")):
        [scene] = (await alder(alone, **caller))["roles"]
        assert (scene["next"]["call_sign"], scene["next"]["interrupter_id"] is None) == (name, name is None)
