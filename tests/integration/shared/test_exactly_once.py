"""The consumer's positions: every effect exactly once, from where the database says, never from what the group says."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from prometheus_client import Counter

from shared.contracts.events.organizations import OrganizationEvent
from shared.kernel.ids import new_id
from shared.messaging.consumer.positions import resume_consumer
from shared.messaging.consumer.run import Consumer
from shared.observability.metrics import DUPLICATES, GAPS, POSITION_MOVED
from shared.persistence.transaction import Transaction
from tests.integration.shared.notebook import TOPIC, Notebook, organization
from tests.support.waiting import eventually, never

STOPPED = "SELECT reason FROM consumer_stop"


async def has_noted(notebook: Notebook, *names: str) -> bool:
    assert sorted(await notebook.names()) == sorted(names)
    return True


async def more_than(notebook: Notebook, count: int) -> bool:
    return len(await notebook.noted()) > count


async def has_applied(notebook: Notebook, records: int) -> bool:
    return await notebook.applied() == records


def reading(counter: Counter) -> float:
    return next(iter(counter.collect())).samples[0].value


async def counted(counter: Counter, at_least: float) -> bool:
    return reading(counter) >= at_least


async def share(one: Consumer, two: Consumer) -> bool:
    return bool(one.fetcher.next and two.fetcher.next and one.fetcher.next.keys().isdisjoint(two.fetcher.next))


async def stopped_for(notebook: Notebook, reason: str) -> bool:
    return [row["reason"] for row in await notebook.rows(STOPPED)] == [reason]


async def test_a_restart_in_the_middle_of_a_batch_repeats_and_loses_nothing(notebook: Notebook) -> None:
    names = [f"n{number}" for number in range(60)]
    await notebook.send(*(organization(name) for name in names))
    halfway = asyncio.Event()

    async def hang(_: Transaction, event: OrganizationEvent) -> None:
        if event.organization.name == "n30":
            halfway.set()
            await asyncio.Event().wait()

    notebook.trouble = hang
    async with notebook.consuming(batch=20):
        await halfway.wait()
    done_before = await notebook.names()
    assert len(done_before) < 60
    notebook.trouble = None
    async with notebook.consuming(batch=20):
        await eventually(lambda: has_noted(notebook, *names))
        await never(lambda: more_than(notebook, 60), for_s=0.5)


async def test_the_groups_own_offsets_are_never_believed(notebook: Notebook) -> None:
    await notebook.send(*(organization(f"n{number}") for number in range(30)))
    partitions = [TopicPartition(notebook.prefix + TOPIC, number) for number in range(12)]
    group = AIOKafkaConsumer(
        bootstrap_servers=notebook.bootstrap, group_id=f"{notebook.prefix}truce-casework", enable_auto_commit=False
    )
    await group.start()
    group.assign(partitions)
    ends = await group.end_offsets(partitions)
    await group.commit({at: end if at.partition % 2 else 1_000_000 for at, end in ends.items()})
    await group.stop()
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, *(f"n{number}" for number in range(30))))
        await notebook.send(organization("afterwards"))
        await eventually(lambda: more_than(notebook, 30))


async def test_what_another_worker_has_applied_meanwhile_is_rolled_back(notebook: Notebook) -> None:
    root = new_id()
    await notebook.send(organization("first", root=root))
    moved = reading(POSITION_MOVED)
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "first"))
        # As another worker of the group would: position and effect in one transaction, ours does not know.
        await notebook.run(
            "UPDATE consumer_positions SET next_offset = 2 WHERE topic = :topic AND next_offset = 1",
            topic=notebook.prefix + TOPIC,
        )
        await notebook.send(organization("by the other", root=root, version=2))
        await eventually(lambda: counted(POSITION_MOVED, moved + 1))
        await notebook.send(organization("third", root=root, version=3))
        await eventually(lambda: has_noted(notebook, "first", "third"))
    assert await notebook.noted() == [(str(root), 1), (str(root), 3)]


async def test_a_rebalance_in_the_middle_of_a_batch_repeats_and_loses_nothing(notebook: Notebook) -> None:
    names = [f"n{number}" for number in range(40)]
    await notebook.send(*(organization(name) for name in names))
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: Transaction, __: OrganizationEvent) -> None:
        inside.set()
        await go_on.wait()

    notebook.trouble = wait
    async with notebook.consuming(batch=20) as consumer:
        await inside.wait()
        await consumer.fetcher.reposition()  # what the library's assignment callback does
        go_on.set()
        await eventually(lambda: has_noted(notebook, *names))
        await never(lambda: more_than(notebook, 40), for_s=0.5)


async def test_a_partition_without_a_known_position_is_looked_up_again(notebook: Notebook) -> None:
    async with notebook.consuming() as consumer:
        await notebook.send(organization("one"))
        await eventually(lambda: has_noted(notebook, "one"))
        for partition in list(consumer.fetcher.next)[1:]:
            del consumer.fetcher.next[partition]
        names = [f"n{number}" for number in range(30)]
        await notebook.send(*(organization(name) for name in names))
        await eventually(lambda: has_noted(notebook, "one", *names))


async def test_two_workers_share_the_partitions_and_every_event_is_applied_once(notebook: Notebook) -> None:
    first = [f"a{number}" for number in range(100)]
    second = [f"b{number}" for number in range(100)]
    await notebook.send(*(organization(name) for name in first))
    async with notebook.consuming(batch=7) as one:
        await eventually(lambda: more_than(notebook, 10))
        async with notebook.consuming(batch=7) as two:
            await eventually(lambda: share(one, two), within_s=30)
            await notebook.send(*(organization(name) for name in second))
            await eventually(lambda: has_noted(notebook, *first, *second), within_s=30)
        await notebook.send(organization("c"))
        await eventually(lambda: has_noted(notebook, *first, *second, "c"), within_s=30)


async def test_a_missing_position_begins_at_the_beginning_and_a_stored_one_stays(notebook: Notebook) -> None:
    await notebook.send(organization("before any start"))
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "before any start"))
    await notebook.send(organization("between"))
    await notebook.run("DELETE FROM noted")
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "between"))


async def test_another_cluster_has_positions_of_its_own(notebook: Notebook) -> None:
    await notebook.send(organization("one"))
    await notebook.run(
        "INSERT INTO consumer_positions (cluster_id, topic, partition, next_offset) "
        "SELECT 'another', :topic, number, 500 FROM generate_series(0, 11) AS number",
        topic=notebook.prefix + TOPIC,
    )
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "one"))


async def test_a_position_behind_the_logs_end_stops_the_consumer_until_a_person_resumes_it(notebook: Notebook) -> None:
    await notebook.send(organization("one"))
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "one"))
    await notebook.run("UPDATE consumer_positions SET next_offset = 99 WHERE next_offset = 1")
    async with notebook.consuming():
        await eventually(lambda: stopped_for(notebook, "position_outside_log"))
        assert await notebook.alarms() == {("consumer_stopped", "position_outside_log"): "raised"}
        await notebook.send(organization("two"))
        async with notebook.db.transaction() as tx:
            assert await resume_consumer(tx)
        await eventually(lambda: stopped_for(notebook, "position_outside_log"))
        assert await notebook.names() == ["one"]
        async with notebook.db.transaction() as tx:
            assert await resume_consumer(tx, from_beginning=True)
        await eventually(lambda: has_noted(notebook, "one", "two"))


async def test_a_log_that_forgot_what_was_not_yet_read_stops_the_consumer(notebook: Notebook) -> None:
    root = new_id()
    await notebook.send(organization("one", root=root))
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "one"))
    await notebook.send(*(organization(f"v{version}", root=root, version=version) for version in (2, 3)))
    (at,) = await notebook.rows("SELECT partition FROM consumer_positions WHERE next_offset = 1")
    admin = AIOKafkaAdminClient(bootstrap_servers=notebook.bootstrap)
    await admin.start()
    lost = TopicPartition(notebook.prefix + TOPIC, at["partition"])
    await admin.delete_records({lost: RecordsToDelete(before_offset=2)})
    await admin.close()
    async with notebook.consuming():
        await eventually(lambda: stopped_for(notebook, "position_outside_log"))
        assert await notebook.names() == ["one"]


async def test_duplicates_and_late_versions_change_nothing_and_gaps_block_nobody(notebook: Notebook) -> None:
    root = new_id()
    duplicates, gaps = DUPLICATES.labels(TOPIC), GAPS.labels(TOPIC)
    before = reading(duplicates), reading(gaps)
    versions = [1, 1, 2, 5, 3, 5, 4, 6]
    await notebook.send(*(organization(f"v{version}", root=root, version=version) for version in versions))
    async with notebook.consuming(batch=3):
        await eventually(lambda: has_applied(notebook, len(versions)))
    assert await notebook.noted() == [(str(root), version) for version in (1, 2, 5, 6)]
    assert (reading(duplicates), reading(gaps)) == (before[0] + 4, before[1] + 1)
    (seen,) = await notebook.rows("SELECT topic, root, version FROM applied")
    assert dict(seen) == {"topic": TOPIC, "root": str(root), "version": 6}
