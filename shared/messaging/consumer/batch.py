"""The record batch as Kafka writes it (message format 2), read without believing that names are text.

Only for batches that the client refuses; those are either plain or, as an old topic may hold them, gzip.
"""

import struct
import zlib
from collections.abc import Iterator

_BASE_OFFSET = struct.Struct(">q")
_ATTRIBUTES_AT, _COUNT_AT, _RECORDS_AT = 21, 57, 61
_CODEC, _GZIP = 0b111, 1
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
# More than any batch of ours can hold: what unfolds further is a bomb.
_AT_MOST_UNFOLDED = 64 * 1024 * 1024

RawHeaders = list[tuple[bytes, bytes | None]]


class BrokenBatch(ValueError):
    """The bytes are not those of a batch, or of a codec that is not known here."""


def records_of(batch: bytes) -> Iterator[tuple[int, bytes | None, bytes | None, RawHeaders]]:
    """Offset, key, value and headers of each record. The checksum is the caller's to check. Raises BrokenBatch."""
    (base,) = _BASE_OFFSET.unpack_from(batch)
    (count,) = struct.unpack_from(">i", batch, _COUNT_AT)
    (attributes,) = struct.unpack_from(">h", batch, _ATTRIBUTES_AT)
    cursor = _Cursor(_unfolded(batch[_RECORDS_AT:], attributes & _CODEC))
    for _ in range(count):
        end = cursor.number() + cursor.at
        cursor.skip(1)
        cursor.number()  # the time, which nothing here uses
        offset = base + cursor.number()
        key, value = cursor.piece(), cursor.piece()
        headers = [(cursor.piece() or b"", cursor.piece()) for _ in range(cursor.number())]
        if cursor.at != end:
            raise BrokenBatch
        yield offset, key, value, headers


def _unfolded(content: bytes, codec: int) -> bytes:
    if codec == 0:
        return content
    if codec != _GZIP:
        raise BrokenBatch
    unfolding = zlib.decompressobj(_GZIP_WINDOW)
    unfolded = unfolding.decompress(content, _AT_MOST_UNFOLDED)
    if not unfolding.eof:
        raise BrokenBatch
    return unfolded


class _Cursor:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self.at = 0

    def number(self) -> int:
        """Zig-zag, seven bits a byte, the lowest first."""
        value = shift = 0
        while True:
            if self.at >= len(self._content) or shift > 63:
                raise BrokenBatch
            byte = self._content[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return (value >> 1) ^ -(value & 1)
            shift += 7

    def piece(self) -> bytes | None:
        length = self.number()
        if length < 0:
            return None
        start = self.at
        self.skip(length)
        return self._content[start : self.at]

    def skip(self, length: int) -> None:
        self.at += length
        if self.at > len(self._content):
            raise BrokenBatch
