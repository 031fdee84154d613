"""What a person does with set-aside records: list, show, replay, discard.

Replay applies a letter at most once, guarded by its own row, whatever came after it; the root's version is not
consulted (a newer one is surely there) and not moved back.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote
from uuid import UUID

from aiokafka import ConsumerRecord

from shared.kernel.errors import NotFound, Refused
from shared.messaging.consumer.decode import Poison, Uninteresting, decode
from shared.messaging.subscriptions import Subscriptions
from shared.persistence.transaction import Row, Transaction

_LIST = """
SELECT id, topic, partition, record_offset, reason, detail, set_aside_at, settlement, settled_at, settled_by
FROM dead_letters
WHERE (:settled_too OR settled_at IS NULL)
  AND (CAST(:at AS timestamptz) IS NULL OR (set_aside_at, id) < (CAST(:at AS timestamptz), CAST(:id AS uuid)))
ORDER BY set_aside_at DESC, id DESC LIMIT :limit
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


async def list_letters(
    tx: Transaction, *, settled_too: bool = False, behind: tuple[datetime, UUID] | None = None, limit: int = 100
) -> Sequence[Row]:
    """Newest first. Without key, headers and value: they are what was sent."""
    at, letter = behind or (None, None)
    return await tx.rows(_LIST, settled_too=settled_too, at=at, id=letter, limit=limit)


async def show_letter(tx: Transaction, letter: UUID) -> Row:
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


async def _settle(tx: Transaction, letter: UUID, settlement: str, by: str) -> Row:
    row = await tx.row_or_none(_SETTLE, id=letter, settlement=settlement, by=by)
    if row is None:
        raise NotFound("no such open dead letter")
    return row


@dataclass(frozen=True)
class Content:
    """What was sent, for a person to read; `is_base64` where it is not text."""

    key: str | None
    headers: list[tuple[str, str]]
    value: str | None
    is_base64: bool


def content_of(row: Row) -> Content:
    key, value = _text(row["key"]), _text(row["value"])
    is_base64 = any(raw is not None and text is None for raw, text in ((row["key"], key), (row["value"], value)))
    if is_base64:
        key, value = _base64(row["key"]), _base64(row["value"])
    headers = [(name, content.decode(errors="backslashreplace")) for name, content in _headers(row)]
    return Content(key, headers, value, is_base64)


def _text(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None


def _base64(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _headers(row: Row) -> list[tuple[str, bytes]]:
    headers = json.loads(row["headers"]) if isinstance(row["headers"], str) else row["headers"]
    return [(unquote(name), base64.b64decode(content)) for name, content in headers]


def _record(row: Row) -> "ConsumerRecord[bytes, bytes]":
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
        headers=tuple(_headers(row)),
    )
