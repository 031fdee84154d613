"""Something is gone: Kafka for a while, or a process that nobody starts again. What needs neither goes on, the rest
catches up, and the duty dispatcher's phone says so, once, and is quiet when it is over.

Real processes throughout, one city for all of them; each story ends with nothing standing. The first one counts.
"""

import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import LocalStack
from shared.contracts.topics import SERVICES
from tests.support.people import Interrupter, Offer
from tests.support.processes import city_of_processes
from tests.support.waiting import eventually, never
from tests.support.world import World

# A client takes a quarter of a minute to believe that its broker is gone, and another to find it again.
pytestmark = pytest.mark.timeout(240)
# From Kafka's death to the page for the desk.
WITHIN = timedelta(seconds=30)
WITHIN_S = 30.0


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with city_of_processes(tmp_path_factory.mktemp("city")) as world:
        yield world


@pytest.fixture
async def city(running: World) -> AsyncIterator[World]:
    yield running
    await eventually(lambda: nothing_stands(running), within_s=40)
    await running.end()


def killed(stack: LocalStack) -> None:
    """As by the kernel: nothing is written, nobody is told."""
    pid = stack.supervisor.process("kafka").pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


async def test_without_kafka_reports_are_taken_and_escalations_go_on(city: World) -> None:
    heron, kestrel = await city.on_duty("heron", km=0.4), await city.on_duty("kestrel", km=1.1)
    teal, wren = await city.on_duty("teal", km=2.0), await city.on_duty("wren", km=3.0)
    first, second = await city.activated_incident(), await city.activated_incident()
    asked = {who: await _is_asked(city, who, first, second) for who in (heron, kestrel)}
    await city.quiet()

    lost_at = datetime.now(UTC)
    killed(city.deployment.stack)
    await city.deployment.stack.supervisor.halt("kafka")
    await kestrel.accepts(asked[kestrel])
    await heron.declines(asked[heron])
    await teal.is_offered(asked[heron].incident_id)
    third = await city.activated_incident()
    assert (await city.report(kind="armed_robbery")).json()["incident"]["state"] == "reported"
    services = {service: await city.deployment.client(service) for service in SERVICES}
    for api in services.values():
        await eventually(lambda api=api: _names_kafka(api), within_s=40)
    await city.dispatcher.is_paged("alarm", subject="alerts/kafka_away/kafka", within_s=40)
    await city.deployment.advance(minutes=5)
    await wren.accepts(await wren.is_offered(asked[heron].incident_id))

    await city.deployment.stack.supervisor.resume("kafka")
    await heron.accepts(await heron.is_offered(third, within_s=60))
    await eventually(lambda: _reporting_agrees(city, services["reporting"]), within_s=60)
    await eventually(lambda: _casework_follows(city, services["casework"], {first, second, third}), within_s=60)
    for api in services.values():
        await eventually(lambda api=api: _is_whole(api), within_s=40)
    _alarms_are_of_the_outage(city)
    (told_at,) = await _paged_at(city, "alerts/kafka_away/kafka")
    assert told_at - lost_at < WITHIN


async def _paged_at(city: World, subject: str) -> list[datetime]:
    async with city.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT raised_at FROM pages WHERE subject = :subject", subject=subject)
        return [row["raised_at"] for row in rows]


async def _is_asked(city: World, who: Interrupter, *incidents: str) -> Offer:
    """Two incidents are two roots: which of them is known first is not said."""
    message = await city.phones.message(who.phone, kind="truce.offer.made")
    assert message["data"]["incident_id"] in incidents
    return Offer(message["data"]["offer_id"], message["data"]["incident_id"])


async def _degraded(api: httpx.AsyncClient) -> Any:
    answer = await api.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    return answer.json()["degraded"]


async def _names_kafka(api: httpx.AsyncClient) -> bool:
    return "kafka_away" in await _degraded(api)


async def _is_whole(api: httpx.AsyncClient) -> bool:
    return await _degraded(api) == []


async def _reporting_agrees(city: World, api: httpx.AsyncClient) -> bool:
    async def total(kpi: str, by: str | None = None) -> Any:
        query = {"by": by} if by else {}
        body = (await api.get(f"/v1/kpis/{kpi}", params=query, headers=city.bearer("program_office"))).json()
        if by is None:
            return body["total"]["count"]
        return {row["by"][by]: row["values"]["count"] for row in body["rows"]}

    return (
        await total("incidents", "state") == {"activated": 3, "reported": 1}
        and await total("offers", "outcome") == {"accepted": 3, "declined": 1, "expired": 1}
        and await total("assignments", "state") == {"accepted": 3}
        and await total("dead_letters") == 0
    )


async def _casework_follows(city: World, api: httpx.AsyncClient, incidents: set[str]) -> bool:
    page = (await api.get("/v1/follow-ups?state=open", headers=city.bearer("program_office"))).json()
    triages = [one["incident_id"] for one in page["items"] if one["kind"] == "triage"]
    assert len(triages) == len(set(triages))
    return set(triages) == incidents


def _alarms_are_of_the_outage(city: World) -> None:
    """Streams that end and are started afresh while the broker is away may be missed too; nothing else may."""
    for message in city.dispatcher.phone.unexpected:
        subject = message["data"].get("subject", "")
        assert message["type"] == "truce.page.alarm", message
        assert subject == "alerts/kafka_away/kafka" or ("process_silent" in subject and subject.endswith("/stream"))
        city.dispatcher.phone.expected.append(message)


async def nothing_stands(world: World) -> bool:
    headers = world.bearer("dispatcher")
    alarms = (await world.alerts.get("/v1/alarms", headers=headers)).json()
    pages = (await world.alerts.get("/v1/pages", headers=headers)).json()
    assert (alarms, pages) == ([], [])
    return True


async def page_count(world: World) -> int:
    async with world.alerts_db.transaction() as tx:
        return int((await tx.row("SELECT count(*) AS pages FROM pages"))["pages"])


async def test_processes_that_stay_dead_are_each_told(city: World) -> None:
    dead = ("casework-stream", "intake-api", "alerts-stream", "alerts-api")
    for process in dead:
        await city.deployment.stack.supervisor.halt(process)
    for process in dead:
        subject = f"alerts/process_silent/{process.replace('-', '/')}"
        await city.dispatcher.is_paged("alarm", subject=subject, within_s=WITHIN_S)
    for process in dead:
        await city.deployment.stack.supervisor.resume(process)


async def test_a_dead_engine_is_told_although_it_is_who_sends(city: World) -> None:
    osprey = await city.on_duty("osprey", km=0.2)
    await city.deployment.stack.supervisor.halt("alerts-engine")
    await city.dispatcher.is_paged("alarm", subject="alerts/process_silent/alerts/engine", within_s=WITHIN_S)
    incident = await city.activated_incident()
    offer = await osprey.is_offered(incident)
    await osprey.accepts(offer)
    await city.deployment.stack.supervisor.resume("alerts-engine")


async def test_restarts_page_nobody(city: World) -> None:
    before = await page_count(city)

    async def paged() -> bool:
        return await page_count(city) != before

    for process in ("alerts-engine", "alerts-stream", "casework-stream", "intake-api"):
        city.deployment.stack.process(process).kill()
    await never(paged, for_s=25)
