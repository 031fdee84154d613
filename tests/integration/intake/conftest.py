"""Intake on a database of its own, with the District's programme in force."""

import signal
from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.local.ports import free_ports
from deploy.local.stack import LocalStack
from shared.kernel.ids import random_id
from tests.support.births import BIRTHS
from tests.support.built_programmes import built_once
from tests.support.deployment import Deployment
from tests.support.intake import WITH_DC, Intake, dc_document, telling_all_apart
from tests.support.served_intake import Served, answers, environment
from tests.support.waiting import eventually


@pytest.fixture(autouse=True, scope="package")
def programmes_built_once() -> Iterator[None]:
    with built_once():
        yield


@pytest.fixture
async def bare_intake(deployment: Deployment) -> Intake:
    """No programme was loaded."""
    return Intake(deployment, await deployment.database("intake"))


@pytest.fixture
async def intake(deployment: Deployment) -> Intake:
    deployment.begins_with(WITH_DC)
    return Intake(deployment, await deployment.database("intake"))


@pytest.fixture(scope="module")
async def lasting_intake(stack: LocalStack) -> AsyncIterator[Intake]:
    """One database for a whole file, whose tests look at nothing but their own incidents, or leave nothing behind: no
    report is taken for another's.
    """
    deployment = Deployment(stack, f"t{random_id().hex[:10]}")
    made = Intake(deployment, await deployment.database("intake"))
    document = dc_document()
    await made.load(document | {"sections": telling_all_apart(document["sections"])})
    try:
        yield made
    finally:
        await deployment.close()


@pytest.fixture(scope="module")
async def api(lasting_intake: Intake, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, int]]:
    """Where the API answers, and the id of the process of its own that serves it."""
    intake, port = lasting_intake, free_ports(1)[0]
    log = tmp_path_factory.mktemp("api") / "api.log"
    process = await BIRTHS.born(log, "services.intake", "api", environment=environment(intake.deployment, port))
    try:
        url = f"http://127.0.0.1:{port}"
        await eventually(lambda: answers(f"{url}/readyz"), within_s=30)
        yield url, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


@pytest.fixture
async def served(lasting_intake: Intake, api: tuple[str, int]) -> Served:
    """What the police of earlier tests told is none of theirs any more: under one case number it would be one event."""
    async with lasting_intake.db.transaction() as tx:
        await tx.run("UPDATE reports SET source_kind = 'resident' WHERE source_kind = 'police'")
    source = f"feed-{random_id().hex}"
    token = lasting_intake.deployment.token("source", sub=source, source_kind="police")
    return Served(lasting_intake, *api, source, token)
