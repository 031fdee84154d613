"""Planted: the relay takes what has a higher id than the last it sent, instead of what is not marked as sent."""

from uuid import UUID

from shared.messaging.relay import run
from shared.messaging.relay.claim import BATCH, Claim, OutboxRow
from shared.persistence.transaction import Transaction

_LAST = "SELECT coalesce(max(id), 0) AS id FROM outbox WHERE published_at IS NOT NULL"
_BEYOND = "SELECT id, topic, key, headers, value FROM outbox WHERE id > :last ORDER BY id LIMIT :batch"
_last: list[int] = []


def plant(process: str) -> None:
    if not process.endswith("-stream"):
        return
    claim = run.claim

    async def claim_beyond(tx: Transaction, holder: UUID, *more: object) -> Claim | None:
        held = await claim(tx, holder, *more)
        if held is None:
            return None
        last = _last.pop() if _last else (await tx.row(_LAST))["id"]
        rows = tuple(OutboxRow(**row) for row in await tx.rows(_BEYOND, last=last, batch=BATCH))
        _last.append(rows[-1].id if rows else last)
        return Claim(held.token, rows)

    run.claim = claim_beyond
