"""Reading a batch byte by byte: what was written comes out, and broken bytes end in one named error."""

import gzip
import struct

import pytest

from shared.messaging.consumer.batch import BrokenBatch, records_of
from tests.support.raw_batches import RawRecord, batch_of

RECORDS: list[RawRecord] = [
    (b"key", b"value", [(b"name", b"content"), (b"\xff\xfe", None)]),
    (None, None, []),
    (b"", b"", [(b"", b"")]),
    (b"k" * 300, b"v" * 70_000, [(b"n" * 200, b"c" * 20_000)] * 3),
]


@pytest.mark.parametrize("codec", [0, 1], ids=["plain", "gzip"])
def test_what_was_written_is_read(codec: int) -> None:
    read = list(records_of(batch_of(RECORDS, codec=codec)))
    assert [(key, value, headers) for _, key, value, headers in read] == [(k, v, list(h)) for k, v, h in RECORDS]
    assert [offset for offset, *_ in read] == [0, 1, 2, 3]


def test_offsets_count_from_the_batchs_first() -> None:
    batch = struct.pack(">q", 70) + batch_of(RECORDS)[8:]
    assert [offset for offset, *_ in records_of(batch)] == [70, 71, 72, 73]


@pytest.mark.parametrize("codec", [2, 3, 4], ids=["snappy", "lz4", "zstd"])
def test_a_codec_that_is_not_here_is_named_as_broken(codec: int) -> None:
    with pytest.raises(BrokenBatch):
        list(records_of(batch_of(RECORDS, codec=codec)))


def test_bytes_cut_off_anywhere_end_in_the_one_error() -> None:
    batch = batch_of(RECORDS[:3])
    for length in range(61, len(batch)):
        with pytest.raises(BrokenBatch):
            list(records_of(batch[:length]))


def test_a_bomb_is_not_unfolded() -> None:
    head = batch_of(RECORDS[:1], codec=1)[:61]
    with pytest.raises(BrokenBatch):
        list(records_of(head + gzip.compress(bytes(70 * 1024 * 1024))))
