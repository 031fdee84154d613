"""A tiny service on real parts: it writes down every organization event that it is given, and can be told to fail.

It lives on casework's shared tables and topics, with a table and subscriptions of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiokafka import ConsumerRecord, TopicPartition

from shared.contracts.event import Event
from shared.contracts.events.organizations import (
    OrganizationChanged,
    OrganizationEvent,
    OrganizationRegistered,
    OrganizationSnapshot,
)
from shared.contracts.topics import ALARMS, ORGANIZATIONS, consumed_by, dead_letter_topic
from shared.kernel.ids import new_id
from shared.messaging.consumer.positions import load
from shared.messaging.consumer.run import Consumer
from shared.messaging.envelope import headers_of
from shared.messaging.kafka import create_topics, make_consumer, make_producer, read_cluster_id
from shared.messaging.pace import Pace
from shared.messaging.relay.run import Relay
from shared.messaging.subscriptions import Subscriptions
from shared.persistence.database import Database
from shared.persistence.hint import OUTBOX, Listener
from shared.persistence.transaction import Transaction
from tests.support.deployment import Deployment

SERVICE = "casework"
TOPIC = ORGANIZATIONS.name
DEAD_LETTERS = dead_letter_topic(TOPIC, SERVICE)
# The others are there to be subscribed to, and kept small.
PARTITIONS = {topic.name: 1 for topic in consumed_by(SERVICE)} | {TOPIC: 12, DEAD_LETTERS: 1, ALARMS.name: 1}
NOTED = """
CREATE TABLE noted (id bigint GENERATED ALWAYS AS IDENTITY, root text, version bigint,
                    name text CHECK (name <> 'unwritable'))
"""
Trouble = Callable[[Transaction, OrganizationEvent], Awaitable[None]]


def organization(name: str = "heron", *, version: int = 1, root: UUID | None = None) -> OrganizationEvent:
    kind = OrganizationRegistered if version == 1 else OrganizationChanged
    snapshot = OrganizationSnapshot(version=version, organization_id=root or new_id(), name=name)
    return kind(at=datetime.now(UTC), organization=snapshot)


def headers(event: Event) -> list[tuple[str, bytes]]:
    made = headers_of(event, event_id=new_id(), traceparent=None)
    return [(name, value.encode()) for name, value in made.items()]


def body(event: Event) -> bytes:
    return event.model_dump_json(exclude_none=True).encode()


class Notebook:
    """`trouble` runs before an event is written down, in its transaction."""

    def __init__(self, deployment: Deployment, db: Database) -> None:
        self.deployment = deployment
        self.db = db
        self.prefix = deployment.prefix
        self.bootstrap = deployment.bootstrap
        self.trouble: Trouble | None = None
        self.subscriptions: Subscriptions = {OrganizationRegistered: self.note, OrganizationChanged: self.note}

    @classmethod
    async def open(cls, deployment: Deployment) -> "Notebook":
        made = cls(deployment, await deployment.database(SERVICE))
        await made.migrate()
        return made

    async def migrate(self) -> None:
        """Table and topics."""
        await self.run(NOTED)
        await create_topics(self.bootstrap, {self.prefix + name: count for name, count in PARTITIONS.items()})

    async def note(self, tx: Transaction, event: OrganizationEvent) -> None:
        if self.trouble is not None:
            await self.trouble(tx, event)
        snapshot = event.organization
        await tx.run(
            "INSERT INTO noted (root, version, name) VALUES (:root, :version, :name)",
            root=event.root,
            version=snapshot.version,
            name=snapshot.name,
        )

    # what runs

    @asynccontextmanager
    async def consuming(self, *, batch: int = 100) -> AsyncIterator[Consumer]:
        """Runs a consumer; leaving cancels it wherever it is, and fails if it had ended by itself."""
        consumer = Consumer(
            self.db, self.subscriptions, service=SERVICE, bootstrap=self.bootstrap, prefix=self.prefix, pace=Pace(batch)
        )
        async with running(consumer.run(), consumer.stop):
            yield consumer

    @asynccontextmanager
    async def relaying(self, *, hints: bool = True) -> AsyncIterator[Relay]:
        relay, listener = self.relay(), Listener(self.db.dsn, OUTBOX)
        woken = listener.waiter()
        async with running(relay.run(woken), relay.stop):
            if not hints:
                yield relay
                return
            async with running(listener.run()):
                yield relay

    def relay(self) -> Relay:
        return Relay(self.db, service=SERVICE, bootstrap=self.bootstrap, prefix=self.prefix)

    # what is put in

    async def send(self, *events: Event) -> None:
        await self.send_raw(*((event.root.encode(), body(event), headers(event)) for event in events))

    async def send_raw(self, *records: tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]) -> None:
        """In this order, to one partition if of one key."""
        producer = make_producer(self.bootstrap, client_id="test")
        await producer.start()
        try:
            for key, value, pairs in records:
                await producer.send_and_wait(self.prefix + TOPIC, value, key=key, headers=pairs)
        finally:
            await producer.stop()

    # what came out

    async def on_topic(self, topic: str = TOPIC) -> list["ConsumerRecord[bytes, bytes]"]:
        """Everything there now, in offset order per partition."""
        partitions = [TopicPartition(self.prefix + topic, number) for number in range(PARTITIONS[topic])]
        reader = make_consumer(self.bootstrap, client_id="test", group=None)
        await reader.start()
        try:
            reader.assign(partitions)
            ends = await reader.end_offsets(partitions)
            await reader.seek_to_beginning(*partitions)
            found: list[ConsumerRecord[bytes, bytes]] = []
            while len(found) < sum(ends.values()):
                for records in (await reader.getmany(timeout_ms=100)).values():
                    found += records
            return found
        finally:
            await reader.stop()

    async def noted(self) -> list[tuple[str, int]]:
        return [(row["root"], row["version"]) for row in await self.rows("SELECT root, version FROM noted ORDER BY id")]

    async def names(self) -> list[str]:
        return [row["name"] for row in await self.rows("SELECT name FROM noted ORDER BY id")]

    async def letters(self) -> Sequence[Any]:
        return await self.rows("SELECT * FROM dead_letters ORDER BY set_aside_at, record_offset")

    async def alarms(self) -> dict[tuple[str, str], str]:
        rows = await self.rows("SELECT alarm, subject, state FROM alarms")
        return {(row["alarm"], row["subject"]): row["state"] for row in rows}

    async def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        async with self.db.transaction() as tx:
            return await tx.rows(statement, **parameters)

    async def run(self, statement: str, **parameters: Any) -> int:
        async with self.db.transaction() as tx:
            return await tx.run(statement, **parameters)

    async def applied(self) -> int:
        """How many records the stored positions are behind the beginning, all partitions together."""
        cluster = await read_cluster_id(self.bootstrap)
        async with self.db.transaction() as tx:
            return sum((await load(tx, cluster)).values())


@asynccontextmanager
async def running(work: Any, stop: Callable[[], Awaitable[None]] | None = None) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        ended = task.done()
        task.cancel()
        await asyncio.wait([task])
        if stop is not None:
            await stop()
    if ended:
        task.result()
        raise AssertionError("it ended by itself")
