"""A world per story, which ends with every phone silent."""

from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.local.stack import LocalStack
from shared.kernel.ids import random_id
from tests.support.deployment import Deployment
from tests.support.kept_city import KeptCity
from tests.support.phones import PhoneNetwork
from tests.support.world import World

_PASSED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed
    return report


@pytest.fixture(scope="package")
async def kept_city(stack: LocalStack) -> AsyncIterator[KeptCity]:
    kept = KeptCity(stack)
    yield kept
    await kept.discard()


@pytest.fixture
async def world(request: pytest.FixtureRequest, stack: LocalStack, kept_city: KeptCity) -> AsyncIterator[World]:
    """A story that passes must also have had no page that it did not expect.

    Marked `own_deployment`: on topics without a past, or with roles that it leaves otherwise than it found them.
    """
    own = request.node.get_closest_marker("own_deployment") is not None
    phones, passed = PhoneNetwork(), False
    await phones.open()
    deployment = Deployment(stack, f"t{random_id().hex[:10]}") if own else await kept_city.ready()
    try:
        made = World(deployment, phones)
        await made.begin(before_people=None if own else kept_city.remember)
        yield made
        await made.end()
        passed = request.node.stash.get(_PASSED, False)
    finally:
        await phones.close()
        if own:
            await deployment.close()
        elif not passed:
            await kept_city.discard()
