"""The progress watch: who stands still before unread records is ended, who is idle or stopped on purpose is not."""

import asyncio
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from shared.contracts.events.organizations import OrganizationEvent
from shared.kernel.ids import new_id
from shared.messaging.consumer import watch as module
from shared.messaging.consumer.run import Consumer
from shared.messaging.consumer.watch import ConsumerStuck, watch
from shared.observability.metrics import LAG
from shared.persistence.transaction import Transaction
from tests.integration.shared.notebook import TOPIC, Notebook, body, headers, organization, running
from tests.integration.shared.test_poison import refuse
from tests.support.waiting import eventually, never


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
    notebook.trouble = refuse
    root = new_id()
    await notebook.send(*(organization(f"bad{at}", root=root, version=at) for at in range(1, 31)))
    async with notebook.consuming() as consumer:
        await eventually(lambda: _stopped(notebook))
        with pytest.raises(TimeoutError):
            await watched(notebook, consumer, for_s=3)


async def test_one_partition_that_stands_still_while_others_move_is_ended_in_time(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ONE_STUCK_AFTER_S", 3.0)
    async with notebook.consuming() as consumer:
        await notebook.send(organization("one"))
        await eventually(lambda: _noted(notebook, 1))
        (stuck,) = await notebook.rows("SELECT topic, partition FROM consumer_positions WHERE next_offset = 1")
        consumer.fetcher._consumer.pause(TopicPartition(stuck["topic"], stuck["partition"]))  # noqa: SLF001 - as if it had hung
        root = UUID((await notebook.noted())[0][0])
        await notebook.send(organization("two", root=root, version=2))
        async with running(_write_for_ever(notebook)):
            with pytest.raises(ConsumerStuck):
                await watched(notebook, consumer, for_s=30)


async def test_a_client_that_gives_nothing_more_is_ended(notebook: Notebook) -> None:
    async with notebook.consuming() as consumer:
        await notebook.send(organization("one"))
        await eventually(lambda: _noted(notebook, 1))
        consumer.fetcher._consumer.pause(*consumer.fetcher.next)  # noqa: SLF001 - as if it had hung
        await notebook.send(organization("two"))
        with pytest.raises(ConsumerStuck):
            await watched(notebook, consumer, for_s=15)


async def test_who_tries_a_record_again_is_left_alone_until_the_tries_are_used_up(notebook: Notebook) -> None:
    async def hang(_: Transaction, __: OrganizationEvent) -> None:
        await asyncio.Event().wait()

    notebook.trouble = hang
    await notebook.send(organization("one"))
    async with notebook.consuming() as consumer, running(_try_for_ever(consumer)):
        with pytest.raises(TimeoutError):
            await watched(notebook, consumer, for_s=3)


async def test_the_marks_of_anothers_transactions_at_the_logs_end_are_no_lag(notebook: Notebook) -> None:
    async with notebook.consuming() as consumer:
        await eventually(lambda: _knows_positions(consumer))
        await in_transactions(notebook, "kept", "dropped")
        await eventually(lambda: _noted(notebook, 2))
        with pytest.raises(TimeoutError):
            await watched(notebook, consumer, for_s=4)


async def test_a_database_that_says_nothing_at_all_is_no_excuse(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STUCK_AFTER_S", 0.5)
    async with notebook.consuming() as consumer, notebook.db.transaction() as tx:
        await eventually(lambda: _knows_positions(consumer))
        await tx.run("LOCK TABLE consumer_stop IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(ConsumerStuck):
            await watched(notebook, consumer, for_s=10)


async def in_transactions(notebook: Notebook, committed: str, aborted: str) -> None:
    """One event in a transaction that is committed and one in one that is not, as another's producer would."""
    producer = AIOKafkaProducer(bootstrap_servers=notebook.bootstrap, transactional_id=notebook.prefix)
    await producer.start()
    try:
        for name in (committed, aborted):
            await producer.begin_transaction()
            event = organization(name)
            at = notebook.prefix + TOPIC
            await producer.send_and_wait(at, body(event), key=event.root.encode(), headers=headers(event))
            await (producer.commit_transaction() if name == committed else producer.abort_transaction())
    finally:
        await producer.stop()


async def _write_for_ever(notebook: Notebook) -> None:
    while True:
        await notebook.send(*(organization("more") for _ in range(12)))


async def _try_for_ever(consumer: Consumer) -> None:
    async def tries_and_fails() -> bool:
        consumer.fetcher.tries += 1
        return False

    await never(tries_and_fails, for_s=60)


async def _knows_positions(consumer: Consumer) -> bool:
    return len(consumer.fetcher.next) > 0


async def _noted(notebook: Notebook, count: int) -> bool:
    return len(await notebook.noted()) == count


async def _stopped(notebook: Notebook) -> bool:
    return bool(await notebook.rows("SELECT 1 FROM consumer_stop"))
