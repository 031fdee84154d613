"""Record batches written byte by byte, for what a proper client would never send: odd names, any codec, any bytes.

The compressed forms hold their content as it is, in the container each codec has for that; every decoder reads them.
"""

import gzip
import struct
from collections.abc import Callable, Sequence

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NotLeaderForPartitionError
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.util import calc_crc32c

# Headers with names as bytes: a name may be anything.
RawRecord = tuple[bytes | None, bytes | None, Sequence[tuple[bytes, bytes | None]]]


def batch_of(records: Sequence[RawRecord], *, codec: int = 0) -> bytes:
    """One batch as a producer without idempotence sends it."""
    content = CODECS[codec](b"".join(_record(number, record) for number, record in enumerate(records)))
    after_crc = struct.pack(">hiqqqhii", codec, len(records) - 1, 1, 1, -1, -1, -1, len(records)) + content
    body = struct.pack(">ibI", -1, 2, calc_crc32c(after_crc)) + after_crc
    return struct.pack(">qi", 0, len(body)) + body


async def send_batches(bootstrap: str, topic: str, partition: int, *batches: bytes) -> list[int]:
    """In this order. The broker's error code for each; 0 if it took the batch."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        await client.set_topics([topic])
        return [await _send(client, topic, partition, batch) for batch in batches]
    finally:
        await client.close()


async def _send(client: AIOKafkaClient, topic: str, partition: int, batch: bytes) -> int:
    while True:
        node = client.cluster.leader_for_partition(TopicPartition(topic, partition))
        if node is None or node < 0:
            await client.force_metadata_update()
            continue
        answer = await client.send(node, ProduceRequest(None, -1, 10_000, [(topic, [(partition, batch)])]))
        code = int(answer.topics[0][1][0][1])
        if code != NotLeaderForPartitionError.errno:  # as a new topic's is for a moment
            return code
        await client.force_metadata_update()


def _record(number: int, record: RawRecord) -> bytes:
    key, value, headers = record
    body = b"\x00" + _number(0) + _number(number) + _bytes(key) + _bytes(value) + _number(len(headers))
    body += b"".join(_bytes(name) + _bytes(content) for name, content in headers)
    return _number(len(body)) + body


def _bytes(content: bytes | None) -> bytes:
    return _number(-1) if content is None else _number(len(content)) + content


def _number(value: int) -> bytes:
    """Zig-zag, seven bits a byte, the lowest first."""
    rest = (value << 1) ^ (value >> 63)
    written = bytearray()
    while rest > 0x7F:
        written.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*written, rest])


def _snappy(content: bytes) -> bytes:
    """One literal, whose length is told in four bytes."""
    length = len(content)
    preamble = bytearray()
    while length > 0x7F:
        preamble.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*preamble, length, 63 << 2]) + struct.pack("<I", len(content) - 1) + content


def _lz4(content: bytes) -> bytes:
    """A frame of one block, stored: blocks are independent, at most 4 MB. The descriptor's checksum is its xxh32."""
    descriptor = bytes([0b0110_0000, 7 << 4])
    check = _xxh32_of_two(descriptor) >> 8 & 0xFF
    stored = struct.pack("<I", len(content) | 1 << 31) + content
    return struct.pack("<I", 0x184D2204) + descriptor + bytes([check]) + stored + struct.pack("<I", 0)


def _xxh32_of_two(two: bytes) -> int:
    """xxHash32 of two bytes with seed 0."""
    mask, first, second, third, fifth = 0xFFFFFFFF, 2654435761, 2246822519, 3266489917, 374761393
    state = (fifth + 2) & mask
    for byte in two:
        state = (state + byte * fifth) & mask
        state = ((state << 11 | state >> 21) & mask) * first & mask
    state = (state ^ state >> 15) * second & mask
    state = (state ^ state >> 13) * third & mask
    return state ^ state >> 16


def _zstd(content: bytes) -> bytes:
    """A frame of one segment with its size, made of stored blocks of at most 128 KiB."""
    block = 128 * 1024
    pieces = [content[start : start + block] for start in range(0, len(content), block)] or [b""]
    frame = struct.pack("<IBI", 0xFD2FB528, 0b1010_0000, len(content))
    for number, piece in enumerate(pieces, 1):
        frame += struct.pack("<I", len(piece) << 3 | (number == len(pieces)))[:3] + piece
    return frame


CODECS: dict[int, Callable[[bytes], bytes]] = {0: bytes, 1: gzip.compress, 2: _snappy, 3: _lz4, 4: _zstd}
