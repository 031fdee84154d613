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
_IS_LAST = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Whatever runs in this process after the last story must not have a city's services beside it."""
    item.stash[_IS_LAST] = nextitem is None or item.path.parent not in nextitem.path.parents
    return (yield)


@pytest.fixture(scope="session")
async def kept_city(stack: LocalStack) -> AsyncIterator[KeptCity]:
    kept = KeptCity(stack)
    yield kept
    await kept.discard()


@pytest.fixture(autouse=True)
async def no_city_after_the_stories(request: pytest.FixtureRequest, kept_city: KeptCity) -> AsyncIterator[None]:
    """Also if the last one had none: what follows need not leave its services the time that they must have."""
    yield
    if request.node.stash[_IS_LAST]:
        await kept_city.discard()


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
        if not passed:
            await kept_city.discard()
