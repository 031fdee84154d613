"""The relay: every committed event reaches its topic, in order per root, whatever happens in between."""

import asyncio
import json
from collections.abc import Awaitable
from uuid import UUID

import pytest

from shared.contracts.events.organizations import Coverage
from shared.contracts.topics import ALARMS
from shared.kernel.ids import new_id, random_id
from shared.messaging.kafka import make_producer
from shared.messaging.outbox import EventTooLarge, append, publish
from shared.messaging.relay import settle
from shared.messaging.relay.claim import BATCH, claim
from shared.messaging.relay.publish import SendFailed, publish_rows
from shared.persistence.transaction import Transaction
from tests.integration.shared.notebook import TOPIC, Notebook, organization, running
from tests.support.waiting import eventually, never

WAITING = "SELECT id FROM outbox WHERE published_at IS NULL"


async def write(notebook: Notebook, *names: str, root: UUID | None = None, first: int = 1) -> None:
    """One committed event per name, versions counting from `first`."""
    for version, name in enumerate(names, first):
        async with notebook.db.transaction() as tx:
            await publish(tx, organization(name, version=version, root=root))


async def all_published(notebook: Notebook) -> bool:
    return not await notebook.rows(WAITING + " AND set_aside_at IS NULL")


async def names_on_topic(notebook: Notebook) -> list[str]:
    return [json.loads(record.value or b"")["organization"]["name"] for record in await notebook.on_topic()]


async def test_events_of_a_root_are_published_once_and_in_order_and_marked(notebook: Notebook) -> None:
    root = new_id()
    expected = [f"v{number}" for number in range(1, 1201)]
    async with notebook.db.transaction() as tx:
        await publish(tx, *(organization(name, version=at, root=root) for at, name in enumerate(expected[:1100], 1)))
    async with notebook.relaying():
        await write(notebook, *expected[1100:], root=root, first=1101)
        await eventually(lambda: all_published(notebook))
    assert await names_on_topic(notebook) == expected


async def test_a_row_committed_late_with_a_lower_id_is_not_lost(notebook: Notebook) -> None:
    async with notebook.relaying():
        async with notebook.db.transaction() as late:
            await publish(late, organization("late"))
            await late.finish()  # its row, and with it its id, is there; its commit is not
            await write(notebook, "early")
            await eventually(lambda: _is(names_on_topic(notebook), ["early"]))
        await eventually(lambda: _is(names_on_topic(notebook), ["early", "late"]))
    ids = await notebook.rows("SELECT id FROM outbox ORDER BY published_at")
    assert ids[0]["id"] > ids[1]["id"]


async def test_rows_sent_but_not_marked_are_sent_again_and_applied_once(notebook: Notebook) -> None:
    root = new_id()
    await write(notebook, "one", "two", "three", root=root)
    producer = make_producer(notebook.bootstrap, client_id="killed")
    await producer.start()
    claimed = await notebook.db.retrying(lambda tx: claim(tx, random_id()))
    assert claimed is not None
    await publish_rows(producer, notebook.prefix, claimed.rows)
    await producer.stop()
    await notebook.run("UPDATE relay_lease SET expires_at = clock_timestamp()")

    async with notebook.relaying(), notebook.consuming():
        await eventually(lambda: all_published(notebook))
        await eventually(lambda: _is(names_on_topic(notebook), ["one", "two", "three"] * 2))
        await eventually(lambda: _is(notebook.applied(), 6))
    assert await notebook.noted() == [(str(root), 1), (str(root), 2), (str(root), 3)]


async def test_an_oversize_event_fails_its_transaction(notebook: Notebook) -> None:
    wide = organization("wide")
    coverage = tuple(Coverage(community=f"c{number}", from_day=wide.at.date()) for number in range(6000))
    wide = wide.model_copy(update={"organization": wide.organization.model_copy(update={"coverage": coverage})})

    async def write_too_much() -> None:
        async with notebook.db.transaction() as tx:
            await tx.run("INSERT INTO noted (root) VALUES ('with it')")
            await publish(tx, wide)

    with pytest.raises(EventTooLarge):
        await write_too_much()
    assert await notebook.rows(WAITING) == []
    assert await notebook.noted() == []


@pytest.mark.parametrize("behind", [1, 3 * BATCH])
async def test_a_row_that_cannot_be_sent_is_set_aside_after_three_attempts_and_blocks_nobody(
    notebook: Notebook, behind: int
) -> None:
    root, names = new_id(), [f"behind {number}" for number in range(behind)]
    async with notebook.db.transaction() as tx:
        await append(tx, event_id=new_id(), topic=TOPIC, key="k", headers={}, value=b"x" * 3_000_000)
        await publish(tx, *(organization(name, version=at, root=root) for at, name in enumerate(names, 1)))
    for _ in range(3):
        relay = notebook.relay()
        with pytest.raises(SendFailed):
            await asyncio.wait_for(relay.run(asyncio.Event()), 10)
        await relay.stop()
    assert await notebook.alarms() == {("outbox_row_set_aside", TOPIC): "raised"}
    async with notebook.relaying():
        await eventually(lambda: all_published(notebook))
    assert list(dict.fromkeys(await names_on_topic(notebook))) == names
    (aside,) = await notebook.rows("SELECT set_aside_reason FROM outbox WHERE set_aside_at IS NOT NULL")
    assert aside["set_aside_reason"] == "MessageSizeTooLargeError"
    (alarm,) = await notebook.on_topic(ALARMS.name)
    assert dict(alarm.headers)["ce_type"] == b"truce.operations.alarm.raised.v1"


async def test_only_one_of_two_relays_publishes_and_the_other_takes_over_when_the_lease_runs_out(
    notebook: Notebook,
) -> None:
    first, second = notebook.relay(), notebook.relay()
    async with running(first.run(asyncio.Event())):
        await write(notebook, "by the first")
        await eventually(lambda: all_published(notebook))
        (before,) = await notebook.rows("SELECT holder, token FROM relay_lease")
        async with running(second.run(asyncio.Event()), second.stop):
            await write(notebook, *(f"more {number}" for number in range(20)))
            await eventually(lambda: all_published(notebook))
            assert await notebook.rows("SELECT holder, token FROM relay_lease") == [before]
        # Leaving ends the second in good order: what it never held it cannot hand over.
        assert await notebook.rows("SELECT holder, token FROM relay_lease") == [before]
    await first._producer.stop()  # noqa: SLF001 - as if killed: the lease is not handed over
    await write(notebook, "by the next")
    third = notebook.relay()
    async with running(third.run(asyncio.Event()), third.stop):
        await never(lambda: all_published(notebook), for_s=1)
        await notebook.run("UPDATE relay_lease SET expires_at = clock_timestamp()")
        await eventually(lambda: all_published(notebook))
    (after,) = await notebook.rows("SELECT holder, token FROM relay_lease")
    assert after["token"] == before["token"] + 1
    assert len(await names_on_topic(notebook)) == 22


async def test_a_relay_that_lost_its_lease_marks_nothing(notebook: Notebook) -> None:
    await write(notebook, "one")
    claimed = await notebook.db.retrying(lambda tx: claim(tx, random_id()))
    assert claimed is not None
    await notebook.run("UPDATE relay_lease SET expires_at = '-infinity'")
    assert await notebook.db.retrying(lambda tx: claim(tx, random_id())) is not None
    await notebook.db.retrying(lambda tx: settle.mark_published(tx, claimed))
    assert len(await notebook.rows(WAITING)) == 1


async def test_a_relay_that_stops_hands_the_lease_over_at_once(notebook: Notebook) -> None:
    async with notebook.relaying():
        await write(notebook, "one")
        await eventually(lambda: all_published(notebook))
    async with notebook.db.transaction() as tx:
        assert await claim(tx, random_id()) is not None


async def test_polling_alone_publishes(notebook: Notebook) -> None:
    async with notebook.relaying(hints=False):
        await write(notebook, "one")
        await eventually(lambda: all_published(notebook), within_s=3)


async def test_published_rows_are_forgotten_after_seven_days_and_no_others(notebook: Notebook) -> None:
    await write(notebook, "old", "young", "waiting")
    await notebook.run(
        "UPDATE outbox SET published_at = clock_timestamp() - CASE id WHEN 1 THEN interval '7 days 1 minute' "
        "ELSE interval '6 days 23 hours' END WHERE id < 3"
    )

    async def forget(tx: Transaction) -> int:
        return await settle.forget_published(tx)

    assert await notebook.db.retrying(forget) == 1
    assert await notebook.db.retrying(forget) == 0
    assert [row["id"] for row in await notebook.rows("SELECT id FROM outbox ORDER BY id")] == [2, 3]


async def _is(found: Awaitable[object], expected: object) -> bool:
    assert await found == expected
    return True
