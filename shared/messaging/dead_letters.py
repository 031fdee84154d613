"""What a person does with set-aside records: list, show, replay, discard.

Replay applies a letter at most once, guarded by its own row, whatever came after it; the root's version is not
consulted (a newer one is surely there) and not moved back.
"""

import base64
import json
from collections.abc import Sequence
from urllib.parse import unquote
from uuid import UUID

from aiokafka import ConsumerRecord
from sqlalchemy import RowMapping

from shared.kernel.errors import NotFound, Refused
from shared.messaging.consumer.decode import Poison, Uninteresting, decode
from shared.messaging.subscriptions import Subscriptions
from shared.persistence.transaction import Transaction

_LIST = """
SELECT id, topic, partition, record_offset, reason, detail, set_aside_at, settlement, settled_at FROM dead_letters
WHERE (CAST(:all AS boolean) OR settled_at IS NULL) ORDER BY set_aside_at DESC, id LIMIT :limit
"""
_SHOW = "SELECT * FROM dead_letters WHERE id = :id"
_SETTLE = """
UPDATE dead_letters SET settled_at = clock_timestamp(), settlement = :settlement, settled_by = :by
WHERE id = :id AND settled_at IS NULL
RETURNING topic, partition, record_offset, key, headers, value
"""


class StillPoison(Refused):
    """The record cannot be applied as it is; it stays set aside."""

    slug = "still-poison"


async def list_letters(tx: Transaction, *, settled_too: bool = False, limit: int = 100) -> Sequence[RowMapping]:
    return await tx.rows(_LIST, all=settled_too, limit=limit)


async def show_letter(tx: Transaction, letter: UUID) -> RowMapping:
    row = await tx.row_or_none(_SHOW, id=letter)
    if row is None:
        raise NotFound("no such dead letter")
    return row


async def discard_letter(tx: Transaction, letter: UUID, *, by: str) -> None:
    await _settle(tx, letter, "discarded", by)


async def replay_letter(tx: Transaction, letter: UUID, subscriptions: Subscriptions, *, by: str) -> None:
    """Raises StillPoison, or whatever its use case raises: the transaction then leaves it set aside."""
    row = await _settle(tx, letter, "replayed", by)
    item = decode(_record(row), {event.TYPE: event for event in subscriptions})
    if isinstance(item, Poison):
        raise StillPoison(f"{item.reason}: {item.detail}")
    if isinstance(item, Uninteresting):
        raise StillPoison("nothing here reacts to an event of this type")
    await subscriptions[type(item.event)](tx, item.event)


async def _settle(tx: Transaction, letter: UUID, settlement: str, by: str) -> RowMapping:
    row = await tx.row_or_none(_SETTLE, id=letter, settlement=settlement, by=by)
    if row is None:
        raise NotFound("no such open dead letter")
    return row


def _record(row: RowMapping) -> "ConsumerRecord[bytes, bytes]":
    headers = json.loads(row["headers"]) if isinstance(row["headers"], str) else row["headers"]
    value = row["value"]
    return ConsumerRecord(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["record_offset"],
        timestamp=0,
        timestamp_type=0,
        key=row["key"],
        value=value,
        checksum=None,
        serialized_key_size=len(row["key"] or b""),
        serialized_value_size=len(value or b""),
        headers=tuple((unquote(name), base64.b64decode(content)) for name, content in headers),
    )
