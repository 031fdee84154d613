"""Something dies and nobody starts it again: the duty dispatcher's phone says so, and is quiet when it is over.

Real processes throughout, one city for all of them; each story ends with nothing standing. Without Kafka:
`test_kafka_away_story.py`.
"""

from collections.abc import AsyncIterator

import pytest

from tests.support.processes import city_of_processes
from tests.support.waiting import eventually, never
from tests.support.world import World

WITHIN_S = 30.0
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with city_of_processes(tmp_path_factory.mktemp("city")) as world:
        yield world


@pytest.fixture
async def city(running: World) -> AsyncIterator[World]:
    yield running
    await eventually(lambda: nothing_stands(running), within_s=40)
    await running.end()


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
    heron = await city.on_duty("heron", km=0.4)
    await city.deployment.stack.supervisor.halt("alerts-engine")
    await city.dispatcher.is_paged("alarm", subject="alerts/process_silent/alerts/engine", within_s=WITHIN_S)
    incident = await city.activated_incident()
    offer = await heron.is_offered(incident)
    await heron.accepts(offer)
    await city.deployment.stack.supervisor.resume("alerts-engine")


async def test_restarts_page_nobody(city: World) -> None:
    before = await page_count(city)

    async def paged() -> bool:
        return await page_count(city) != before

    for process in ("alerts-engine", "alerts-stream", "casework-stream", "intake-api"):
        city.deployment.stack.process(process).kill()
    await never(paged, for_s=25)
