"""How far the path has come, read from the databases: to see that it moves again after a fault, and that it is done.

Waiting has a deadline; what is still to be done when it passes is told by name.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.topics import SERVICES, consumed_by
from shared.messaging.kafka import make_consumer
from shared.persistence.sqlstate import DATABASE_ERRORS
from tests.chaos.calls import wall_clock
from tests.chaos.ground import Ground

RESUME_WITHIN_S = 30.0
DRAIN_WITHIN_S = 60.0
LOOK_EVERY_S = 0.25
# What was read from the first topic of the path, and what was answered after it: both must grow.
_MOVED = "SELECT coalesce(sum(next_offset), 0) FROM consumer_positions WHERE topic = 'intake.incidents'"
_SENT = "SELECT coalesce(max(id), 0) FROM outbox WHERE published_at IS NOT NULL"
_LEFT = {"outbox rows": "SELECT count(*) FROM outbox WHERE published_at IS NULL"}
_LEFT_IN_ALERTS = {
    "offers overdue": "SELECT count(*) FROM offers WHERE state IN ('open', 'acknowledged') "
    "AND next_action_at < app_now() - interval '1 second'",
    "offers open": "SELECT count(*) FROM offers WHERE state IN ('open', 'acknowledged')",
    "messages due": "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'attempting') "
    "OR (state = 'retry_scheduled' AND (class = 'urgent' OR next_attempt_at < clock_timestamp()))",
    "pages overdue": "SELECT count(*) FROM pages WHERE state = 'open' "
    "AND next_action_at < app_now() - interval '1 second'",
    "dispatches open": "SELECT count(*) FROM dispatches WHERE state = 'open'",
    "requests unheard": "SELECT count(*) FROM reconsideration_requests",
}


@asynccontextmanager
async def _reading(ground: Ground, service: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await ground.connect(service)
    try:
        yield connection
    finally:
        connection.terminate()


async def moved(ground: Ground) -> tuple[int, int] | None:
    """None while the database does not answer."""
    try:
        async with asyncio.timeout(5), _reading(ground, "alerts") as connection:
            return int(await connection.fetchval(_MOVED)), int(await connection.fetchval(_SENT))
    except DATABASE_ERRORS:
        return None


async def resumed_after(ground: Ground, back_at: float, *, give_up_s: float = 120) -> float:
    """Seconds from `back_at` until events are consumed and published again. There must be something to read."""
    before: tuple[int, int] | None = None
    while wall_clock() < back_at + give_up_s:
        now = await moved(ground)
        before = before or now
        if now is not None and before is not None and now[0] > before[0] and now[1] > before[1]:
            return wall_clock() - back_at
        await asyncio.sleep(LOOK_EVERY_S)
    return give_up_s


async def drained(ground: Ground, *, within_s: float = DRAIN_WITHIN_S) -> tuple[float, dict[str, int]]:
    """How long it took, and what was left when time was up: nothing, if all is well."""
    began = wall_clock()
    while True:
        left = await _left(ground)
        if not left or wall_clock() > began + within_s:
            return wall_clock() - began, left
        await asyncio.sleep(LOOK_EVERY_S)


async def _left(ground: Ground) -> dict[str, int]:
    left: dict[str, int] = {}
    for service in SERVICES:
        try:
            async with asyncio.timeout(10):
                left |= await _left_in(ground, service)
        except (*DATABASE_ERRORS, KafkaError) as error:
            left[f"{service}: {type(error).__name__}"] = 1
    return {what: count for what, count in left.items() if count}


async def _left_in(ground: Ground, service: str) -> dict[str, int]:
    questions = _LEFT | (_LEFT_IN_ALERTS if service == "alerts" else {})
    async with _reading(ground, service) as connection:
        left = {f"{service}: {what}": int(await connection.fetchval(asked)) for what, asked in questions.items()}
        if not any(left.values()):
            rows = await connection.fetch("SELECT topic, partition, next_offset FROM consumer_positions")
            left[f"{service}: records unread"] = await _lag(ground, service, rows)
    return left


async def _lag(ground: Ground, service: str, rows: list[Any]) -> int:
    stored = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
    partitions = [TopicPartition(one.name, number) for one in consumed_by(service) for number in range(one.partitions)]
    consumer = make_consumer(ground.stack.wiring.kafka_bootstrap, client_id="chaos-lag", group=None)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(partitions)
    finally:
        await consumer.stop()
    return sum(max(0, end - stored.get((at.topic, at.partition), 0)) for at, end in ends.items())
