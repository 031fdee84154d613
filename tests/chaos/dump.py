"""Copies what a running deployment holds into the run's folder: every record of every topic, every row the checks read.

Each service's tables are read in one transaction, with that database's clock beside them: what is overdue is judged by
the clock of the moment it was read.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from deploy.local.demo.api import Api
from deploy.local.demo.kpis import Reporting
from shared.contracts.topics import SERVICES, created_by
from tests.chaos.history import Record, Recorder, Row

POLL_MS = 200
# Large, secret, or no part of what is promised.
NOT_DUMPED = frozenset({"alembic_version", "areas", "intake.programmes", "heartbeats", "relay_lease"})
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_CLOCK = "SELECT to_jsonb(t)::text FROM (SELECT clock_timestamp() AS at, app_now() AS app_now) t"


@dataclass(frozen=True)
class Deployment:
    """`dsns`: service → address of its database. `prefix` is that of the topics. `token` may ask for numbers."""

    bootstrap: str
    prefix: str
    dsns: Mapping[str, str]
    reporting_url: str
    token: str


async def dump(recorder: Recorder, deployment: Deployment) -> None:
    recorder.records(await read_topics(deployment.bootstrap, deployment.prefix))
    for service in SERVICES:
        for name, rows in (await read_tables(deployment.dsns[service])).items():
            if name not in NOT_DUMPED and f"{service}.{name}" not in NOT_DUMPED:
                recorder.table(f"{service}.{name}", rows)
    async with Api() as api:
        reporting = Reporting(api, deployment.reporting_url, deployment.token)
        recorder.answer("reported", dict(await reporting.reported()))


async def read_tables(dsn: str) -> dict[str, list[Row]]:
    """Table → its rows as PostgreSQL writes them in JSON: bytes as `\\x…`, instants in UTC. `clock` is one more."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("SET LOCAL timezone TO 'UTC'")
            names = [row["tablename"] for row in await connection.fetch(_TABLES)]
            found = {name: await _rows(connection, f'SELECT to_jsonb(t)::text FROM "{name}" t') for name in names}
            return found | {"clock": await _rows(connection, _CLOCK)}
    finally:
        await connection.close()


async def _rows(connection: asyncpg.Connection, query: str) -> list[Row]:
    return [json.loads(row[0]) for row in await connection.fetch(query)]


async def read_topics(bootstrap: str, prefix: str) -> list[Record]:
    """Everything on every topic there is in contracts, dead letters too, up to its end when this was called."""
    partitions = [
        TopicPartition(prefix + topic, number)
        for topic, count in {name: count for service in SERVICES for name, count in created_by(service).items()}.items()
        for number in range(count)
    ]
    async with _consumer(bootstrap) as consumer:
        consumer.assign(partitions)
        ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        read = await _read_to(consumer, {at: end for at, end in ends.items() if end > 0})
    return sorted((_record(one, prefix) for one in read), key=lambda one: (one.topic, one.partition, one.offset))


async def _read_to(consumer: AIOKafkaConsumer, missing: dict[TopicPartition, int]) -> list[ConsumerRecord]:
    read: list[ConsumerRecord] = []
    async with asyncio.timeout(120):
        while missing:
            for at, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
                read += [record for record in records if record.offset < missing.get(at, 0)]
            missing = {at: end for at, end in missing.items() if int(await consumer.position(at)) < end}
    return read


@asynccontextmanager
async def _consumer(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


def _record(record: ConsumerRecord, prefix: str) -> Record:
    return Record(
        topic=str(record.topic).removeprefix(prefix),
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp,
        key=None if record.key is None else record.key.decode(errors="replace"),
        headers={name: (value or b"").decode(errors="replace") for name, value in record.headers},
        value=record.value,
    )
