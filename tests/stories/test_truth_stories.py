"""Several tell of one event, and what was taken for two becomes one again, in every service."""

from typing import Any

import httpx
import pytest

from services.casework.programme import read_programme as read_casework
from services.casework.usecases.load_programme import load_programme as load_casework
from services.intake.programme import read_programme
from services.intake.usecases.load_programme import load_programme
from services.reporting.programme import Programme
from services.reporting.usecases.load_programme import load_programme as load_reporting
from tests.support.waiting import eventually
from tests.support.world import ALDER, PROGRAMME, World

pytestmark = pytest.mark.own_deployment  # casework and reporting read all that is on the topics

RULE = {
    "certain_within_s": 600,
    "certain_within_m": 250,
    "possible_within_s": 3600,
    "possible_within_m": 600,
    "late_by_s": {"police": 16_680},
}


async def told(world: World, source: str, *, north: float = 0, **facts: Any) -> dict[str, Any]:
    """`north`: degrees, of which a thousandth is 111 m."""
    headers = world.bearer("source", source_kind=source, sub=f"{source}-line") | {
        "Idempotency-Key": f"{source}-{north}"
    }
    body = world.report_body(location={"lat": ALDER[0] + north, "lon": ALDER[1]}, **facts)
    answer = await world.intake.post("/v1/reports", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def offices(world: World) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """Casework and reporting, listening too."""
    async with world.intake_db.transaction() as tx:
        document = read_programme(PROGRAMME)
        await load_programme(tx, document | {"sections": document["sections"] | {"sameness": RULE}})
    casework = await world.deployment.client("casework", "program_office")
    reporting = await world.deployment.client("reporting", "analyst")
    async with (await world.deployment.database("casework")).transaction() as tx:
        await load_casework(tx, read_casework(PROGRAMME))
    async with (await world.deployment.database("reporting")).transaction() as tx:
        await load_reporting(tx, Programme("small", "America/New_York", {}))
    await world.deployment.start("casework", "stream")
    await world.deployment.start("reporting", "stream")
    return casework, reporting


async def test_two_incidents_of_one_event_are_one_response_one_follow_up_and_one_count(world: World) -> None:
    casework, reporting = await offices(world)
    heron, kestrel = await world.on_duty("heron", km=0.2), await world.on_duty("kestrel", km=1.1)
    first = await told(world, "hospital")
    kept = first["incident_id"]
    assert (await told(world, "resident", north=0.001))["disposition"] == "attached"
    await heron.arrives(kept)
    second = await told(world, "police", north=0.004)
    lost = second["incident_id"]
    assert second["possible_duplicate_of"] == [kept], "nobody is silently never paged"
    asked = await kestrel.is_offered(lost)

    async def owed(count: int) -> bool:
        found = await casework.get("/v1/follow-ups", params={"limit": 50})
        total = await reporting.get("/v1/kpis/incidents")
        owing = {item["incident_id"] for item in found.json()["items"]}
        return len(owing) == count == total.json()["total"]["count"]

    await eventually(lambda: owed(2))
    assert (await world.does(lost, "merge", into=kept, reason="same_event")).status_code == 200
    await kestrel.is_told("offer.withdrawn", lost)
    await world.dispatch_becomes(lost, "stood_down")
    await eventually(lambda: owed(1))
    assert (await world.dispatch(kept))["state"] == "staffed", "whoever is there stays"

    split = await world.does(kept, "split", reports=[second["report_id"]], reason="merged_wrongly")
    assert split.json()["split_off"]["incident_id"] == lost
    again = await kestrel.is_offered(lost)
    assert again.offer_id != asked.offer_id
    await kestrel.accepts(again)
    await eventually(lambda: owed(2))
