"""One deployment of intake and alerts for one story after the other: put back after each as it was before the first.

To make a deployment and take it away costs more than most stories: databases, topics, clients of the broker, some forty
connections. Streams and apps run on; the engine is started anew for each story. What was published stays on the topics,
so a story that reads them, or leaves roles otherwise than it found them, has a deployment of its own.
"""

from datetime import timedelta
from typing import Any

import asyncpg
from aiokafka import TopicPartition

from deploy.local.stack import LocalStack
from services.alerts.api.response_page import Guesses
from shared.contracts.topics import ALARMS, consumed_by
from shared.kernel.ids import random_id
from shared.messaging.kafka import make_consumer
from tests.support.clock import shift_app_now
from tests.support.deployment import Deployment
from tests.support.waiting import eventually

SERVICES = ("intake", "alerts")
# What processes know of themselves and of the log; and what was on its way when the first story began.
UNTOUCHED = ("applied", "consumer_positions", "relay_lease", "heartbeats", "feed_heads", "sources")
PASSING = ("outbox", "alarms", "feed_entries", "feed_waiting", "idempotency_keys")


class KeptCity:
    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._deployment: Deployment | None = None
        self._reader: Any = None
        self._remembered = False
        self._brought: dict[str, list[str]] = {}

    async def ready(self) -> Deployment:
        """As before the first story: with its streams, without an engine."""
        if self._deployment is None:
            self._deployment = Deployment(self._stack, f"t{random_id().hex[:10]}")
        elif self._remembered:
            await self._put_back(self._deployment)
        return self._deployment

    async def remember(self) -> None:
        """Once, when the programme is loaded and nothing else has been done."""
        if self._remembered:
            return
        await eventually(self._knows_areas, within_s=60)
        for service in SERVICES:
            brought = [name for name in await self._tables(service) if name not in PASSING]
            self._brought[service] = [
                name for name in brought if await self._value(service, f"SELECT EXISTS (TABLE {name})")
            ]
            copies = (f"CREATE TABLE kept_city.{name} AS TABLE public.{name}" for name in self._brought[service])
            await self._as_superuser(service, "; ".join(["CREATE SCHEMA kept_city", *copies]))
        self._remembered = True

    async def discard(self) -> None:
        """After a story that failed nobody knows what is left."""
        made, reader = self._deployment, self._reader
        self._deployment, self._reader, self._remembered = None, None, False
        if reader is not None:
            await reader.stop()
        if made is not None:
            await made.close()

    async def _knows_areas(self) -> bool:
        sent = await self._value("intake", "SELECT count(*) FROM areas WHERE kind = 'community'")
        return 0 < sent == await self._value("alerts", "SELECT count(*) FROM communities")

    async def _put_back(self, deployment: Deployment) -> None:
        await deployment.stop("alerts", "engine")
        await eventually(self._has_caught_up, within_s=60)
        for service in SERVICES:
            await self._as_superuser(service, await self._putting_back(service))
            await shift_app_now(deployment.settings(service).postgres_dsn.get_secret_value(), timedelta(0))
        deployment.offset = timedelta(0)
        deployment.app("alerts").state.guesses = Guesses()

    async def _putting_back(self, service: str) -> str:
        """Without triggers, as references between tables are: all of it is one state after the other."""
        wiped = await self._tables(service)
        # The next story's alarms begin with their first version again.
        forgotten = f"DELETE FROM applied WHERE topic LIKE '%{ALARMS.name}'"
        copies = (
            f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM kept_city.{name}"
            for name in self._brought[service]
        )
        deletions = (f"DELETE FROM {name}" for name in wiped)
        return "; ".join(["SET session_replication_role = replica", *deletions, *copies, forgotten])

    async def _tables(self, service: str) -> list[str]:
        """Those that a story leaves something in."""
        every = "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'"
        names = str(await self._value(service, every)).split()
        return [name for name in names if name not in UNTOUCHED and not name.startswith("alembic_version")]

    async def _has_caught_up(self) -> bool:
        """Everything is published, and everything on the topics is applied."""
        unpublished = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
        waiting = [await self._value(service, unpublished) for service in SERVICES]
        return not any(waiting) and not any([await self._lag(service) for service in SERVICES])

    async def _lag(self, service: str) -> int:
        if self._reader is None:
            self._reader = make_consumer(self._kept.bootstrap, client_id="test", group=None)
            await self._reader.start()
        topics = [self._kept.prefix + topic.name for topic in consumed_by(service)]
        for topic in topics:
            await self._reader._client.add_topic(topic)  # noqa: SLF001 - one without a group learns of a topic this way
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in self._reader.partitions_for_topic(topic) or ()
        ]
        ends = await self._reader.end_offsets(partitions)
        applied = await self._value(service, "SELECT coalesce(sum(next_offset), 0)::bigint FROM consumer_positions")
        return int(sum(ends.values()) - applied)

    @property
    def _kept(self) -> Deployment:
        assert self._deployment is not None
        return self._deployment

    async def _value(self, service: str, query: str) -> Any:
        db = await self._kept.database(service)
        async with db.transaction() as tx:
            return next(iter((await tx.row(query)).values()))

    async def _as_superuser(self, service: str, statements: str) -> None:
        own = self._kept.settings(service).postgres_dsn.get_secret_value().rsplit("/", 1)[1]
        connection = await asyncpg.connect(self._stack.wiring.databases.admin_dsn.rsplit("/", 1)[0] + f"/{own}")
        try:
            await _executed(connection, statements)
        finally:
            await connection.close()


async def _executed(connection: asyncpg.Connection, statements: str) -> None:
    """All or nothing. What runs on beside it may have locked the same tables in another order."""
    for tries_left in reversed(range(5)):
        try:
            await connection.execute(statements)
        except asyncpg.DeadlockDetectedError:
            if not tries_left:
                raise
        else:
            return
