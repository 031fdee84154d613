"""Kafka is gone for a while: what needs only PostgreSQL goes on, and the rest catches up. Real processes throughout."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.ports import Ports
from deploy.local.stack import LocalStack, StackOptions
from tests.support.phones import PhoneNetwork
from tests.support.processes import Processes, load_programme
from tests.support.world import PROGRAMME, World


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[World]:
    stack = LocalStack(tmp_path, Ports.free(), StackOptions(durable=False))
    phones = PhoneNetwork()
    await phones.open()
    try:
        await stack.start()
        await load_programme(stack, PROGRAMME)
        processes = Processes(stack)
        world = World(processes, phones)
        await world.begin()
        yield world
        await world.end()
        await processes.close()
    finally:
        await phones.close()
        await stack.stop()
        stack.wipe()


async def test_without_kafka_reports_are_taken_and_escalations_go_on(city: World) -> None:
    heron, kestrel = await city.on_duty("heron", km=0.4), await city.on_duty("kestrel", km=1.1)
    before = await city.activated_incident()
    await heron.is_offered(before)
    await city.quiet()

    await city.deployment.stack.supervisor.halt("kafka")
    during = await city.activated_incident()
    ready = (await city.intake.get("/readyz")).json()
    assert ready["status"] == "ready"
    await city.deployment.advance(minutes=5)
    await kestrel.is_offered(before)

    await city.deployment.stack.supervisor.resume("kafka")
    await heron.is_offered(during, within_s=30)
