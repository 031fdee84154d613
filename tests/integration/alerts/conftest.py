"""An alerts service with one incident's worth of people, without a stream: incidents are told to it directly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from services.alerts.programme import read_programme
from services.alerts.usecases.dispatching.follow_incident import follow_incident
from services.alerts.usecases.programme.load_programme import load_programme
from tests.support.activations import activated
from tests.support.deployment import Deployment
from tests.support.phones import PhoneNetwork
from tests.support.world import ALDER, OAK_STREET, PROGRAMME, World


@dataclass
class AlertsAlone:
    world: World

    async def incident(self, *, exercise: bool = False) -> str:
        """Activated now, in Alder."""
        now = datetime.now(UTC) + self.world.deployment.offset
        event = activated(now, community="alder", lat=ALDER[0], lon=ALDER[1], exercise=exercise)
        await self.world.alerts_db.retrying(lambda tx: follow_incident(tx, event))
        return event.root


@asynccontextmanager
async def alerts_alone(deployment: Deployment) -> AsyncIterator[AlertsAlone]:
    phones = PhoneNetwork()
    await phones.open()
    world = World(deployment, phones)
    world.alerts = await deployment.client("alerts")
    world.alerts_db = await deployment.database("alerts")
    async with world.alerts_db.transaction() as tx:
        await load_programme(tx, read_programme(PROGRAMME))
    world.supervisor = await world.desk("supervisor", OAK_STREET)
    world.dispatcher = await world.desk("duty_dispatcher", None)
    try:
        yield AlertsAlone(world)
    finally:
        await phones.close()


@pytest.fixture
async def alone(deployment: Deployment) -> AsyncIterator[AlertsAlone]:
    async with alerts_alone(deployment) as ready:
        yield ready
