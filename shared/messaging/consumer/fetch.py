"""Fetch: records from where the database says we are, per partition without a hole.

The group gives out partitions; the group's own offsets are never believed. Whatever the client prefetched from them
before we could seek is dropped here. What it cannot read is read raw, so that nothing on a topic stops a partition.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError, NoOffsetForPartitionError, OffsetOutOfRangeError

from shared.messaging.consumer import positions
from shared.messaging.consumer.raw import UNREADABLE, first_unreadable
from shared.messaging.kafka import make_consumer, read_cluster_id, started
from shared.observability.logs import get_logger
from shared.persistence.database import Database

_CALL_TIMEOUT_S = 15.0
_UNEXPLAINED = 5
log = get_logger(__name__)


class PositionOutsideLog(Exception):
    """The stored position is not in the log any more (or not yet): the broker lost data. A person must decide."""


class Fetcher:
    def __init__(self, db: Database, *, group: str, bootstrap: str, topics: Sequence[str], linger_ms: int = 0) -> None:
        self._db = db
        self._bootstrap = bootstrap
        self.topics = list(topics)
        self._repositioning = asyncio.Lock()
        self._went_back: dict[TopicPartition, int] = {}
        self._consumer: AIOKafkaConsumer = make_consumer(bootstrap, client_id=group, group=group, linger_ms=linger_ms)
        self.cluster = ""
        self.next: dict[TopicPartition, int] = {}
        # Counts what invalidates records already fetched: whoever waits while it rises holds records of the past.
        self.epoch = 0
        # Counts tries at a record that failed and of which there are only so many: whoever tries does not stand still.
        self.tries = 0
        self._unexplained = 0
        self._culprit: TopicPartition | None = None

    async def start(self) -> None:
        self.cluster = await read_cluster_id(self._bootstrap)
        await started(self._consumer)
        self._consumer.subscribe(self.topics, listener=_Assigned(self))

    async def batch(self, max_records: int, *, wait_s: float) -> list[ConsumerRecord]:
        """At most `max_records`, in offset order per partition; empty if nothing came within `wait_s`.

        Raises PositionOutsideLog.
        """
        try:
            if set(self.next) != self._consumer.assignment():
                await self.reposition()
            found = await self._consumer.getmany(timeout_ms=int(wait_s * 1000), max_records=max_records)
        except (NoOffsetForPartitionError, OffsetOutOfRangeError, IllegalStateError) as error:
            log.warning("consumer.reposition", error=type(error).__name__)
            await self.reposition()
            return []
        except UNREADABLE as error:
            return await self._read_raw(error, max_records)
        self._unexplained = 0
        records: list[ConsumerRecord] = []
        for partition, fetched in found.items():
            records += self._contiguous(partition, fetched)
        return records

    async def _read_raw(self, error: Exception, max_records: int) -> list[ConsumerRecord]:
        """Raises `error` if again and again nothing is found that could have caused it."""
        log.warning("consumer.unreadable", error=type(error).__name__)
        # The one that was at fault the last time first: what it holds is rarely alone.
        at = dict(sorted(self.next.items(), key=lambda item: item[0] != self._culprit))
        found = (await first_unreadable(self._bootstrap, at))[:max_records]
        self._unexplained = 0 if found else self._unexplained + 1
        if self._unexplained >= _UNEXPLAINED:
            raise error
        # Whatever the client had taken out of its buffers when it failed is lost to it: all go back.
        for record in found[-1:]:
            self._culprit = TopicPartition(record.topic, record.partition)
            at[self._culprit] = record.offset + 1
        for partition, offset in at.items():
            self._seek(partition, offset)
        return found

    def _contiguous(self, partition: TopicPartition, fetched: list[ConsumerRecord]) -> list[ConsumerRecord]:
        expected = self.next.get(partition)
        if expected is None:
            return []
        usable = [record for record in fetched if record.offset >= expected]
        if usable and usable[0].offset > expected and self._went_back.get(partition) != expected:
            # Prefetched from the group's offset before the seek: go back, once. If the same comes again the log has
            # a hole there, as another's transactions leave.
            self._went_back[partition] = expected
            self._seek(partition, expected)
            return []
        return usable

    def _seek(self, partition: TopicPartition, offset: int) -> None:
        try:
            self._consumer.seek(partition, offset)
        except IllegalStateError:
            self.next.pop(partition, None)  # given away meanwhile; the next batch repositions

    async def reposition(self) -> None:
        """Reads the stored positions of what is assigned and seeks there. Raises PositionOutsideLog."""
        async with self._repositioning:
            self.forget_assignment()
            while True:
                assigned = set(self._consumer.assignment())
                read = await self._read(assigned) if assigned else {}
                if assigned == self._consumer.assignment():
                    break  # else it was given out anew meanwhile, and what was read is about the past
            self.epoch += 1
            self.next = read
            for partition, offset in read.items():
                self._seek(partition, offset)

    async def _read(self, assigned: set[TopicPartition]) -> dict[TopicPartition, int]:
        # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes with the answer.
        async with asyncio.timeout(2 * _CALL_TIMEOUT_S):
            first = await self._consumer.beginning_offsets(list(assigned))
            end = await self._consumer.end_offsets(list(assigned))
        stored = await self._db.retrying(lambda tx: positions.load(tx, self.cluster))
        new = {partition: first[partition] for partition in assigned if partition not in stored}
        if new:
            await self._db.retrying(lambda tx: positions.begin(tx, self.cluster, new))
        found = {partition: stored.get(partition, first[partition]) for partition in assigned}
        for partition, offset in found.items():
            if not first[partition] <= offset <= end[partition]:
                raise PositionOutsideLog(f"{partition.topic}/{partition.partition}")
        return found

    def forget_assignment(self) -> None:
        self.epoch += 1
        self.next = {}
        self._went_back = {}

    async def report_to_group(self) -> None:
        """Commits the group's offsets, for lag tools only: nothing here reads them."""
        assigned = self._consumer.assignment()
        offsets = {partition: offset for partition, offset in self.next.items() if partition in assigned}
        if offsets:
            async with asyncio.timeout(3):
                await self._consumer.commit(offsets)

    async def stop(self) -> None:
        """Leaves the group; gives up after 3 s, because the client's own stop can hang while the broker is away."""
        stopping = asyncio.ensure_future(self._consumer.stop())
        await asyncio.wait([stopping], timeout=3)
        if not stopping.done():
            stopping.cancel()
            await asyncio.wait([stopping], timeout=1)


class _Assigned(ConsumerRebalanceListener):  # type: ignore[misc] # the library ships no types
    """On revocation nothing is in flight that the database would still accept; on assignment, read and seek."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        if revoked:
            self._fetcher.forget_assignment()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """A failure here is only logged by the library; the loop then misses positions and repositions itself."""
        if assigned:
            await self._fetcher.reposition()
