"""An incident that was ended by mistake comes back, and nobody is ever paged for an old crime by it."""

from typing import Any

from tests.support.waiting import eventually
from tests.support.world import World

DIED = {"name": "somebody_died", "when": {"anyone_killed": True}, "roles": {"family": 1}}


async def triage(world: World, incident: str) -> Any:
    headers = world.bearer("supervisor")
    return (await world.alerts.get(f"/v1/dispatches/{incident}/triage", headers=headers)).json()


async def heard_of(world: World, incident: str, *, killed: int) -> None:
    """The dispatch knows it, and all that follows from it is done."""

    async def knows() -> bool:
        async with world.alerts_db.transaction() as tx:
            row = await tx.row(
                "SELECT incident ->> 'killed' AS killed FROM dispatches WHERE incident_id = :i", i=incident
            )
        return bool(row["killed"] == str(killed))

    await eventually(knows)
    await world.quiet()


async def test_what_was_ended_by_mistake_goes_on_while_it_is_fresh_and_later_pages_nobody_not_even_for_a_death(
    world: World,
) -> None:
    await world.asks(
        roles={"scene": 1}, rules=[{"name": "killed", "when": {"anyone_killed": True}, "roles": {"family": 1}}]
    )
    heron = await world.on_duty("heron", km=0.4)
    await world.on_duty("dove", roles=("family",))
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    assert (await world.does(incident, "screen-out", reason="unfounded")).status_code == 200
    await heron.is_told("assignment.stood_down", incident)
    assert (await triage(world, incident))["state"] == "withdrawn"
    assert (await world.does(incident, "reopen", reason="decided_wrongly")).json()["state"] == "activated"
    await heron.arrives(incident)
    assert (await triage(world, incident))["state"] == "due"
    assert (await world.does(incident, "close")).status_code == 200
    await heron.is_told("assignment.stood_down", incident)
    await world.dispatch_becomes(incident, "closed")
    await world.advance(hours=7)
    body = {"kind": "homicide", "killed": 1, "reason": "victim_died"}
    assert (await world.does(incident, "reclassify", **body)).json()["kind"] == "homicide"
    assert (await world.does(incident, "reopen", reason="new_information")).json()["state"] == "activated"
    await world.does(incident, "reclassify", kind="homicide", killed=2, reason="medical_finding")
    await heard_of(world, incident, killed=2)
    assert (await world.dispatch(incident))["state"] == "closed"


async def test_a_death_told_late_asks_for_the_family_once_and_nobody_for_the_scene(world: World) -> None:
    await world.asks(roles={"scene": 1}, rules=[DIED])
    heron = await world.on_duty("heron", km=0.4)
    await world.on_duty("kestrel", km=1.1)
    dove = await world.on_duty("dove", roles=("family",))
    incident = await world.activated_incident()
    await heron.does(await heron.arrives(incident), "clear")
    await world.advance(hours=7)
    await world.does(incident, "reclassify", kind="homicide", killed=1, reason="victim_died")
    await dove.does(await dove.arrives(incident), "clear")
    await world.does(incident, "reclassify", kind="homicide", killed=2, reason="medical_finding")
    await heard_of(world, incident, killed=2)
    assert (await world.dispatch(incident))["state"] == "staffed"
