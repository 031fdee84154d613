"""Real PostgreSQL and identity issuer for each worker, one Kafka for all; a deployment of its own for each test."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from deploy.local import ports
from deploy.local.ports import Ports
from deploy.local.stack import LocalStack, StackOptions
from shared.kernel.ids import random_id
from tests.support.births import BIRTHS
from tests.support.deployment import Deployment
from tests.support.one_broker import running

# Each worker's ports are its own: one that is free when it is chosen may be another's before it is bound.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
ports.FREE_PORTS = ports.FREE_PORTS[_WORKER::_WORKERS]

SLOW_FIRST = ("chaos", "stories", "integration")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files go to one worker each: the long ones first, or the last of them would run alone at the end."""
    items.sort(key=lambda item: next((at for at, part in enumerate(SLOW_FIRST) if part in item.path.parts), 9))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is imported stays: to look through it for what nobody needs takes a twentieth of all the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True, scope="session")
def plain_logs() -> Iterator[None]:
    """Unconfigured, the log draws every frame's variables, which takes longer than what it tells of."""
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
async def births() -> AsyncIterator[None]:
    """For tests that start processes: whoever is still running is gone when this is over."""
    yield
    await BIRTHS.close()


@pytest.fixture(scope="session")
async def stack(
    births: None, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[LocalStack]:
    place: Path = tmp_path_factory.mktemp("stack")
    shared: Path | None = None
    if hasattr(request.config, "workerinput"):
        shared = tmp_path_factory.getbasetemp().parent / "broker"
        shared.mkdir(exist_ok=True)
    local = LocalStack(place, Ports.free(), StackOptions(durable=False))
    async with running(local, shared):
        yield local


@pytest.fixture
async def deployment(stack: LocalStack) -> AsyncIterator[Deployment]:
    made = Deployment(stack, f"t{random_id().hex[:10]}")
    try:
        yield made
    finally:
        await made.close()
