"""Raw: what the client cannot read is read here, so that no record and no batch, however broken, stops a partition.

A record whose headers' names are not UTF-8 is read all the same, and its neighbours with it. A batch that nobody here
can open (a codec we lack, a wrong checksum) becomes one unreadable record that holds the batch's bytes.
"""

import asyncio
import gzip
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import CorruptRecordException, RecordTooLargeError, UnsupportedCodecError, for_code
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords

from shared.messaging.consumer.batch import BrokenBatch, records_of

# What the client raises on bytes that it cannot read; anything else is about the broker.
UNREADABLE = (
    CorruptRecordException,
    UnsupportedCodecError,
    RecordTooLargeError,
    ValueError,
    IndexError,
    EOFError,
    gzip.BadGzipFile,
    zlib.error,
    struct.error,
)
_CALL_TIMEOUT_S = 10.0
_AT_MOST_BYTES = 4 * 1024 * 1024
_HEAD = struct.Struct(">qi4xb6xi")  # base offset, length, magic, last offset delta
_LENGTH_ENDS_AT = 12


@dataclass
class Unreadable(ConsumerRecord):  # type: ignore[misc] # the library ships no types
    """A record that is no event whatever it says; a whole batch in its `value` if that could not be opened.

    Its offset is the batch's last then, so that the position behind it is the next batch.
    """

    why: str = ""


async def first_unreadable(bootstrap: str, at: Mapping[TopicPartition, int]) -> list[ConsumerRecord]:
    """From the first partition whose records at that offset the client cannot read: all up to what stops it.

    Empty if there is none.
    """
    async with _Reader(bootstrap) as reader:
        for partition, offset in at.items():
            found: list[ConsumerRecord] = []
            for batch, behind in await reader.batches(partition, offset):
                records, whole = _opened(partition, batch, behind)
                found += [record for record in records if record.offset >= offset]
                if not whole:
                    return found
    return []


async def has_records(bootstrap: str, at: Mapping[TopicPartition, int]) -> bool:
    """Whether there is anything to apply: the end of a log may be nothing but the marks of another's transactions."""
    async with _Reader(bootstrap) as reader:
        for partition, offset in at.items():
            for batch, behind in await reader.batches(partition, offset):
                if any(record.offset >= offset for record in _opened(partition, batch, behind)[0]):
                    return True
    return False


class _Reader:
    """A client of its own for each use: reading raw is rare, and the other client may be what is wrong."""

    def __init__(self, bootstrap: str) -> None:
        self._client: Any = AIOKafkaClient(bootstrap_servers=bootstrap)

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(_CALL_TIMEOUT_S):
                await self._client.bootstrap()
        except BaseException:
            await self._client.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def batches(self, partition: TopicPartition, offset: int) -> list[tuple[bytes, int]]:
        """Whole batches from the one that holds `offset`, each with the offset behind it. Raises KafkaError."""
        async with asyncio.timeout(_CALL_TIMEOUT_S):
            await self._client.add_topic(partition.topic)
            node = self._client.cluster.leader_for_partition(partition)
            wanted = [(partition.topic, [(partition.partition, offset, _AT_MOST_BYTES)])]
            answer = await self._client.send(node, FetchRequest(0, 0, _AT_MOST_BYTES, 0, wanted))
        _, code, log_end, *_, content = answer.topics[0][1][0]
        if code:
            raise for_code(code)(f"{partition.topic}/{partition.partition}")
        return list(_cut(bytes(content or b""), log_end))


def _cut(content: bytes, log_end: int) -> Iterator[tuple[bytes, int]]:
    """Where a batch ends is told by the next one, else by its own head, which may be what is broken.

    The last one may be cut off: left out.
    """
    start = 0
    while len(content) - start >= _HEAD.size:
        base, length, _, last = _HEAD.unpack_from(content, start)
        end = start + _LENGTH_ENDS_AT + max(length, _HEAD.size)
        if end > len(content):
            return
        follows = len(content) - end >= _HEAD.size
        behind = _HEAD.unpack_from(content, end)[0] if follows else min(base + max(last, 0) + 1, log_end)
        yield content[start:end], behind
        start = end


def _opened(partition: TopicPartition, batch: bytes, behind: int) -> tuple[list[ConsumerRecord], bool]:
    """The batch's records, and whether the client can read them all."""
    try:
        return list(_as_the_client_reads(partition, batch)), True
    except UNREADABLE as error:
        try:
            return list(_byte_by_byte(partition, batch)), False
        except (BrokenBatch, *UNREADABLE):
            return [_whole(partition, batch, behind, type(error).__name__)], False


def _as_the_client_reads(partition: TopicPartition, batch: bytes) -> Iterable[ConsumerRecord]:
    opened: Any = MemoryRecords(batch).next_batch()
    if opened is None or not opened.validate_crc():
        raise CorruptRecordException
    if opened.is_control_batch:
        return
    for record in opened:
        yield ConsumerRecord(
            **_place(partition, record.offset, record.key, record.value), headers=tuple(record.headers)
        )


def _byte_by_byte(partition: TopicPartition, batch: bytes) -> Iterable[ConsumerRecord]:
    opened: Any = MemoryRecords(batch).next_batch()
    if not opened.validate_crc():
        raise BrokenBatch
    for offset, key, value, names in records_of(batch):
        headers = tuple((name.decode(errors="surrogateescape"), content) for name, content in names)
        place = _place(partition, offset, key, value)
        if all(_is_text(name) for name, _ in names):
            yield ConsumerRecord(**place, headers=headers)
        else:
            yield Unreadable(**place, headers=headers, why="a header's name is not UTF-8 text")


def _is_text(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _whole(partition: TopicPartition, batch: bytes, behind: int, why: str) -> Unreadable:
    place = _place(partition, behind - 1, None, batch)
    return Unreadable(**place, headers=(), why=f"a batch that cannot be opened: {why}")


def _place(partition: TopicPartition, offset: int, key: bytes | None, value: bytes | None) -> dict[str, Any]:
    return {
        "topic": partition.topic,
        "partition": partition.partition,
        "offset": offset,
        "timestamp": 0,
        "timestamp_type": 0,
        "key": key,
        "value": value,
        "checksum": None,
        "serialized_key_size": len(key or b""),
        "serialized_value_size": len(value or b""),
    }
