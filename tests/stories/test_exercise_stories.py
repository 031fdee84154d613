"""A drill goes the whole way that an incident goes, is marked wherever it is seen, and is counted nowhere."""

from typing import Any

import httpx
import pytest

from services.reporting.domain.catalogue import KPIS
from services.reporting.programme import Programme
from services.reporting.usecases.load_programme import load_programme
from shared.persistence.database import Database
from tests.support.waiting import eventually
from tests.support.world import World

COUNTED = ("incidents", "victims", "offers", "assignments", "dispatches", "response_time_on_scene", "triage_held")


async def reporting(world: World) -> tuple[httpx.AsyncClient, Database]:
    db = await world.deployment.database("reporting")
    async with db.transaction() as tx:
        await load_programme(tx, Programme("dc_onse", "America/New_York", {"on_scene": 600.0}))
    client = await world.deployment.client("reporting", "analyst")
    await world.deployment.start("reporting", "stream")
    return client, db


async def items(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> dict[str, Any]:
    """By incident."""
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return {item["incident_id"]: item for item in answer.json()["items"]}


@pytest.mark.own_deployment  # another service reads its topics from their beginning
async def test_a_drill_goes_the_whole_way_marked_and_is_counted_nowhere(world: World) -> None:
    heron, desk = await world.on_duty("heron", km=0.4), world.bearer("dispatcher")
    drill = await world.activated_incident(exercise=True)
    offer = await heron.is_offered(drill)
    assert [message["data"]["exercise"] for message in heron.phone.messages] == [True]
    assert (await heron.taps(offer, "accept")).json()["exercise"] is True
    shown = (await world.intake.get(f"/v1/incidents/{drill}", headers=desk)).json()
    assert (shown["exercise"], shown["state"]) == (True, "activated")
    for client, path in ((world.intake, "/v1/incidents"), (world.alerts, "/v1/dispatches")):
        assert (await items(client, path, desk))[drill]["exercise"] is True
        assert drill in await items(client, f"{path}?exercise=true", desk)
        assert drill not in await items(client, f"{path}?exercise=false", desk)
    numbers, db = await reporting(world)

    async def has_seen_it() -> bool:
        async with db.transaction() as tx:
            facts = await tx.rows("SELECT exercise FROM assignment_facts WHERE incident_id = :id", id=drill)
            known = await tx.rows("SELECT exercise FROM incident_facts WHERE incident_id = :id", id=drill)
        return [row["exercise"] for row in (*facts, *known)] == [True, True]

    await eventually(has_seen_it, within_s=20)
    for kpi in COUNTED:
        assert kpi in KPIS
        answer = (await numbers.get(f"/v1/kpis/{kpi}")).json()
        assert not any(value for name, value in answer["total"].items() if name != "target_s"), answer
