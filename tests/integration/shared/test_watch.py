"""The progress watch: who stands still before unread records is ended, who is idle or stopped on purpose is not."""

import asyncio

import pytest

from shared.contracts.events.organizations import OrganizationEvent
from shared.messaging.consumer import watch as module
from shared.messaging.consumer.run import Consumer
from shared.messaging.consumer.watch import ConsumerStuck, watch
from shared.observability.metrics import LAG
from shared.persistence.transaction import Transaction
from tests.integration.shared.notebook import Notebook, organization
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(module, "STUCK_AFTER_S", 1.0)


async def watched(notebook: Notebook, consumer: Consumer, *, for_s: float) -> None:
    """Raises what the watch raises; a TimeoutError means that it saw nothing wrong."""
    await asyncio.wait_for(watch(notebook.db, consumer.fetcher, bootstrap=notebook.bootstrap, client_id="w"), for_s)


async def test_a_consumer_that_hangs_in_a_use_case_is_ended(notebook: Notebook) -> None:
    async def hang(_: Transaction, __: OrganizationEvent) -> None:
        await asyncio.Event().wait()

    notebook.trouble = hang
    await notebook.send(organization("one"))
    async with notebook.consuming() as consumer:
        with pytest.raises(ConsumerStuck):
            await watched(notebook, consumer, for_s=15)


async def test_a_consumer_that_is_given_no_partition_while_nobody_reads_is_ended(notebook: Notebook) -> None:
    async with notebook.consuming() as consumer:
        await notebook.send(organization("one"))
        await eventually(lambda: _noted(notebook, 1))
    await notebook.send(organization("two"), organization("three"))
    consumer.fetcher.forget_assignment()
    with pytest.raises(ConsumerStuck):
        await watched(notebook, consumer, for_s=15)


async def test_a_consumer_with_nothing_to_read_is_left_alone(notebook: Notebook) -> None:
    await notebook.send(organization("one"))
    async with notebook.consuming() as consumer:
        await eventually(lambda: _noted(notebook, 1))
        with pytest.raises(TimeoutError):
            await watched(notebook, consumer, for_s=3)
    topic = notebook.prefix + "alerts.organizations"
    assert next(iter(LAG.labels(topic).collect())).samples[0].value == 0


async def test_a_consumer_that_stopped_for_a_person_is_left_alone(notebook: Notebook) -> None:
    await notebook.send_raw(*([(b"k", b"not an event", [("x", b"y")])] * 30))
    async with notebook.consuming() as consumer:
        await eventually(lambda: _stopped(notebook))
        with pytest.raises(TimeoutError):
            await watched(notebook, consumer, for_s=3)


async def _noted(notebook: Notebook, count: int) -> bool:
    return len(await notebook.noted()) == count


async def _stopped(notebook: Notebook) -> bool:
    return bool(await notebook.rows("SELECT 1 FROM consumer_stop"))
