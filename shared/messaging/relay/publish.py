"""Publish: send one claimed batch in id order and wait until the broker has all of it.

Any failure ends the process (`SendFailed`): an idempotent producer can be wedged for ever after one, and a fresh one
that sends the unpublished rows again is the one way out for every such case.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from shared.messaging.relay.claim import OutboxRow
from shared.observability.metrics import PUBLISHED

UNACKNOWLEDGED_LIMIT_S = 30.0
# Sending hardly ever waits by itself; whoever shares the process gets its turn after so many rows.
_BREATH = 5
# Errors that are about the row and not about the broker's health: the row's own failures are counted.
ROW_ERRORS = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    InvalidTopicError,
    UnknownTopicOrPartitionError,
)


class SendFailed(Exception):
    """`row_id` is the row whose own fault it was, if it was one's."""

    def __init__(self, reason: str, row_id: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.row_id = row_id


async def publish_rows(producer: AIOKafkaProducer, prefix: str, rows: Sequence[OutboxRow]) -> None:
    try:
        async with asyncio.timeout(UNACKNOWLEDGED_LIMIT_S):
            sent = []
            for number, row in enumerate(rows, 1):
                sent.append((row, await _send(producer, prefix, row)))
                if number % _BREATH == 0:
                    await asyncio.sleep(0)
            for row, acknowledged in sent:
                await _acknowledged(row, acknowledged)
    except TimeoutError:
        raise SendFailed("unacknowledged") from None
    for topic, count in Counter(row.topic for row in rows).items():
        PUBLISHED.labels(topic).inc(count)


async def _send(producer: AIOKafkaProducer, prefix: str, row: OutboxRow) -> "asyncio.Future[object]":
    headers = [(name, value.encode()) for name, value in row.headers.items()]
    try:
        future: asyncio.Future[object] = await producer.send(
            prefix + row.topic, value=row.value, key=row.key.encode(), headers=headers
        )
    except (KafkaError, ValueError) as error:
        raise _failed(row, error) from error
    return future


async def _acknowledged(row: OutboxRow, future: "asyncio.Future[object]") -> None:
    try:
        await future
    except KafkaError as error:
        raise _failed(row, error) from error


def _failed(row: OutboxRow, error: Exception) -> SendFailed:
    own_fault = isinstance(error, (*ROW_ERRORS, ValueError))
    return SendFailed(type(error).__name__, row.id if own_fault else None)
