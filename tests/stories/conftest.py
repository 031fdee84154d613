"""A world per story, which ends with every phone silent."""

from collections.abc import AsyncIterator

import pytest

from tests.support.deployment import Deployment
from tests.support.phones import PhoneNetwork
from tests.support.world import World


@pytest.fixture
async def world(deployment: Deployment) -> AsyncIterator[World]:
    """A story that passes must also have had no page that it did not expect."""
    phones = PhoneNetwork()
    await phones.open()
    made = World(deployment, phones)
    try:
        await made.begin()
        yield made
        await made.end()
    finally:
        await phones.close()
