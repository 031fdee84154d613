"""Where a service is in each partition, beside where the log begins and ends: lag, and positions outside the log.

The stored positions are told whether or not the broker answers; lag only if it does. No network in a transaction.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging.kafka import make_consumer, read_cluster_id
from shared.observability.logs import get_logger
from shared.persistence.database import Database

_ANSWER_WITHIN_S = 5.0
_STORED = """
SELECT cluster_id, topic, partition, next_offset, updated_at FROM consumer_positions
ORDER BY cluster_id, topic, partition
"""
log = get_logger(__name__)


@dataclass(frozen=True)
class Position:
    """`log_start` and `log_end` are None while the broker does not answer, and for what belongs to another cluster."""

    cluster_id: str
    topic: str
    partition: int
    next_offset: int
    updated_at: datetime
    log_start: int | None = None
    log_end: int | None = None

    @property
    def lag(self) -> int | None:
        return None if self.log_end is None else max(0, self.log_end - self.next_offset)

    @property
    def outside_log(self) -> bool:
        known = self.log_start is not None and self.log_end is not None
        return known and not (self.log_start or 0) <= self.next_offset <= (self.log_end or 0)


@dataclass(frozen=True)
class Positions:
    kafka_answers: bool
    stored: tuple[Position, ...]


@dataclass(frozen=True)
class TopicLag:
    """`lag` over all partitions; `worst` of them, and its own."""

    topic: str
    partitions: int
    lag: int | None
    worst: int
    worst_lag: int | None


async def read_positions(db: Database, bootstrap: str) -> Positions:
    async with db.transaction() as tx:
        stored = [Position(**row) for row in await tx.rows(_STORED)]
    ends = await _read_log(bootstrap, stored)
    if ends is None:
        return Positions(kafka_answers=False, stored=tuple(stored))
    cluster, limits = ends
    beside = [
        Position(
            at.cluster_id, at.topic, at.partition, at.next_offset, at.updated_at,
            *(limits.get((at.topic, at.partition), (None, None)) if at.cluster_id == cluster else (None, None)),
        )
        for at in stored
    ]  # fmt: skip
    return Positions(kafka_answers=True, stored=tuple(beside))


def by_topic(positions: Iterable[Position]) -> list[TopicLag]:
    grouped: dict[str, list[Position]] = {}
    for position in positions:
        grouped.setdefault(position.topic, []).append(position)
    return [_of_topic(topic, found) for topic, found in sorted(grouped.items())]


def _of_topic(topic: str, found: list[Position]) -> TopicLag:
    known = [position for position in found if position.lag is not None]
    worst = max(known or found, key=lambda position: position.lag or 0)
    total = sum(position.lag or 0 for position in known) if known else None
    return TopicLag(topic, len(found), total, worst.partition, worst.lag)


Limits = dict[tuple[str, int], tuple[int, int]]


async def _read_log(bootstrap: str, stored: Iterable[Position]) -> tuple[str, Limits] | None:
    """None if the broker does not answer in time."""
    consumer = make_consumer(bootstrap, client_id="truce-look", group=None)
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_S):
            cluster = await read_cluster_id(bootstrap)
            await consumer.start()
            return cluster, await _limits(consumer, [at for at in stored if at.cluster_id == cluster])
    except (KafkaError, TimeoutError, OSError) as error:
        log.info("positions.kafka_away", error=type(error).__name__)
        return None
    finally:
        await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=2)


async def _limits(consumer: Any, stored: list[Position]) -> Limits:
    there = await consumer.topics()
    asked = [TopicPartition(at.topic, at.partition) for at in stored if at.topic in there]
    first = await consumer.beginning_offsets(asked) if asked else {}
    end = await consumer.end_offsets(asked) if asked else {}
    return {(at.topic, at.partition): (first[at], end[at]) for at in asked}
