"""Claim: who relays (a lease with a fencing token), and which rows are next."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from shared.observability.metrics import OUTBOX_OLDEST_S, OUTBOX_WAITING
from shared.persistence.transaction import Transaction

BATCH = 100
ATTEMPTS_BEFORE_SET_ASIDE = 3
LEASE_S = 5

# A lease with time left is only read: most claims then write nothing.
_HELD = """
SELECT token FROM relay_lease
WHERE id = 1 AND holder = :holder AND expires_at > clock_timestamp() + make_interval(secs => :lease_s) / 2
"""
_LEASE = """
UPDATE relay_lease
SET token = CASE WHEN holder = :holder THEN token ELSE token + 1 END,
    holder = :holder,
    expires_at = clock_timestamp() + make_interval(secs => :lease_s)
WHERE id = 1 AND (holder = :holder OR expires_at < clock_timestamp())
RETURNING token
"""
_RELEASE = "UPDATE relay_lease SET expires_at = '-infinity' WHERE id = 1 AND holder = :holder"
# The planner takes those waiting for few and would read and sort all of them for each batch of a backlog; in the order
# of the partial index the first ones are enough.
_IN_ORDER = "SET LOCAL enable_sort = off"
_NEXT = """
SELECT id, topic, key, headers, value FROM outbox
WHERE published_at IS NULL AND set_aside_at IS NULL AND id <> ALL(:under_way) ORDER BY id LIMIT :batch
"""
_WAITING = """
SELECT count(*) AS waiting, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS oldest_s
FROM (SELECT created_at FROM outbox WHERE published_at IS NULL AND set_aside_at IS NULL ORDER BY id LIMIT 100000) w
"""


@dataclass(frozen=True)
class OutboxRow:
    id: int
    topic: str
    key: str
    headers: dict[str, str]
    value: bytes


@dataclass(frozen=True)
class Claim:
    token: int
    rows: tuple[OutboxRow, ...]

    @property
    def ids(self) -> list[int]:
        return [row.id for row in self.rows]

    @property
    def is_full(self) -> bool:
        """There is probably more."""
        return len(self.rows) == BATCH


async def claim(tx: Transaction, holder: UUID, under_way: Iterable[int] = ()) -> Claim | None:
    """The next rows in id order, or None while another process holds the lease.

    `under_way`: ids that this holder has claimed and not yet marked. By what they are, not by the highest of them: a
    row with a lower id may be committed later than they were read.
    """
    lease = await tx.row_or_none(_HELD, holder=holder, lease_s=LEASE_S)
    lease = lease or await tx.row_or_none(_LEASE, holder=holder, lease_s=LEASE_S)
    if lease is None:
        return None
    under_way = list(under_way)
    if under_way:
        await tx.run(_IN_ORDER)
    rows = await tx.rows(_NEXT, batch=BATCH, under_way=under_way)
    return Claim(lease["token"], tuple(OutboxRow(**row) for row in rows))


async def release(tx: Transaction, holder: UUID) -> None:
    await tx.run(_RELEASE, holder=holder)


async def measure(tx: Transaction) -> None:
    row = await tx.row(_WAITING)
    OUTBOX_WAITING.set(row["waiting"])
    OUTBOX_OLDEST_S.set(float(row["oldest_s"]))
