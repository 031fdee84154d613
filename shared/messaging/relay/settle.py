"""Settle: mark what the broker has, and set aside what can never be sent, so that one bad row blocks nobody."""

from datetime import datetime

from shared.messaging.alarms import raise_alarm
from shared.messaging.relay.claim import ATTEMPTS_BEFORE_SET_ASIDE, Claim
from shared.observability.metrics import SET_ASIDE
from shared.persistence.hint import OUTBOX
from shared.persistence.transaction import Transaction

_PUBLISHED = """
UPDATE outbox SET published_at = clock_timestamp()
WHERE id = ANY(:ids) AND EXISTS (SELECT FROM relay_lease WHERE id = 1 AND token = :token)
"""
_FAILED = """
UPDATE outbox SET failures = failures + 1,
    set_aside_at = CASE WHEN failures + 1 >= :limit THEN clock_timestamp() END,
    set_aside_reason = CASE WHEN failures + 1 >= :limit THEN CAST(:reason AS text) END
WHERE id = :id AND published_at IS NULL
RETURNING topic, set_aside_at
"""
_FORGET = """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE published_at < clock_timestamp() - interval '7 days' LIMIT 5000
)
"""

_REPUBLISH = "UPDATE outbox SET published_at = NULL WHERE published_at >= :since"
_RETRY = """
UPDATE outbox SET failures = 0, set_aside_at = NULL, set_aside_reason = NULL WHERE set_aside_at IS NOT NULL
"""


async def mark_published(tx: Transaction, claim: Claim) -> None:
    """Marks nothing if the lease has gone to another: it will send the rows again and consumers drop the repeats."""
    await tx.run(_PUBLISHED, ids=claim.ids, token=claim.token)


async def count_failure(tx: Transaction, *, service: str, row_id: int, reason: str) -> None:
    row = await tx.row_or_none(_FAILED, id=row_id, reason=reason, limit=ATTEMPTS_BEFORE_SET_ASIDE)
    if row is not None and row["set_aside_at"] is not None:
        SET_ASIDE.labels(row["topic"]).inc()
        await raise_alarm(tx, service=service, alarm="outbox_row_set_aside", subject=row["topic"])


async def forget_published(tx: Transaction) -> int:
    """Deletes a batch of rows published more than 7 days ago; returns how many."""
    return await tx.run(_FORGET)


async def republish(tx: Transaction, since: datetime) -> int:
    """Lets what was published since then be sent again, after a broker was lost; consumers drop what they have seen."""
    tx.wakes.add(OUTBOX)
    return await tx.run(_REPUBLISH, since=since)


async def retry_set_aside(tx: Transaction) -> int:
    """Lets the rows that were set aside be tried again, once their fault is mended."""
    tx.wakes.add(OUTBOX)
    return await tx.run(_RETRY)
