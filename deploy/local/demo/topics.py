"""Reading topics from their beginning, up to their present end or on and on: a consumer of the demo's own."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

POLL_MS = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """One record, with the prefix taken off its topic. `version` 0 and empty texts: the record's headers lack them."""

    topic: str
    event_id: str
    type: str
    subject: str
    version: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Log:
    """Where topics are. `partitions`: topic → how many."""

    bootstrap: str
    prefix: str
    partitions: dict[str, int]

    async def ends(self) -> dict[str, list[int]]:
        """Topic → next offset of each partition."""
        async with self._consumer() as consumer:
            found: dict[TopicPartition, int] = await consumer.end_offsets(self._all())
        return {
            topic: [found[TopicPartition(self.prefix + topic, number)] for number in range(count)]
            for topic, count in self.partitions.items()
        }

    async def read_to(self, ends: dict[str, list[int]]) -> list[Seen]:
        """Everything before the ends, in offset order per partition."""
        read: list[Seen] = []
        async with self._consumer() as consumer:
            missing = {at: self._end(ends, at) for at in self._all()}
            missing = {at: end for at, end in missing.items() if end > 0}
            while missing:
                for at, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
                    read += [self._seen(record) for record in records if record.offset < self._end(ends, at)]
                missing = {at: end for at, end in missing.items() if int(await consumer.position(at)) < end}
        return read

    async def follow(self) -> AsyncIterator[list[Seen]]:
        """Batches from the beginning on, for ever; empty ones when nothing happens."""
        async with self._consumer() as consumer:
            while True:
                found = await consumer.getmany(timeout_ms=POLL_MS)
                yield [self._seen(record) for records in found.values() for record in records]

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        await consumer.start()
        try:
            consumer.assign(self._all())
            await consumer.seek_to_beginning(*self._all())
            yield consumer
        finally:
            await consumer.stop()

    def _all(self) -> list[TopicPartition]:
        return [
            TopicPartition(self.prefix + topic, n) for topic, count in self.partitions.items() for n in range(count)
        ]

    def _end(self, ends: dict[str, list[int]], at: TopicPartition) -> int:
        topic, number = str(at.topic).removeprefix(self.prefix), int(at.partition)
        return ends[topic][number]

    def _seen(self, record: ConsumerRecord) -> Seen:
        headers = {name: value.decode(errors="replace") for name, value in record.headers}
        version = headers.get("ce_aggregateversion", "")
        return Seen(
            topic=record.topic.removeprefix(self.prefix),
            event_id=headers.get("ce_id", ""),
            type=headers.get("ce_type", ""),
            subject=headers.get("ce_subject", ""),
            version=int(version) if version.isdigit() else 0,
            body=_body(record.value),
        )


def newest(records: Iterable[Seen]) -> dict[str, Seen]:
    """Subject → its record with the highest version."""
    found: dict[str, Seen] = {}
    for record in records:
        if record.subject not in found or record.version > found[record.subject].version:
            found[record.subject] = record
    return found


def _body(value: bytes | None) -> dict[str, Any]:
    """Empty for what is no JSON object: dead letters are kept as they came."""
    try:
        body = json.loads(value or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
