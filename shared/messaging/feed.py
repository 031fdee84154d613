"""A feed: what has changed, under positions that rise by one and become visible in their order.

A number drawn by the writer would be visible out of order, and whoever reads "behind the last I saw" would lose what
commits late. So writers only leave a row; one numberer at a time, under the feed's row lock, gives the committed ones
their positions. A subject's changes keep their order as long as each is announced under the subject's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.persistence.hint import OUTBOX
from shared.persistence.transaction import Transaction

BATCH = 500
KEPT = "7 days"
# What is announced beside a change of who may see a subject: for those who may not any more.
GONE = "gone"
_ANNOUNCE = """
INSERT INTO feed_waiting (feed, subject, change, at)
SELECT feed, subject, change, app_now()
FROM unnest(CAST(:feed AS text[]), CAST(:subject AS text[]), CAST(:change AS text[]))
    WITH ORDINALITY AS t (feed, subject, change, place)
ORDER BY place
"""
# The lock is held to the commit: positions that are visible have no gap. What is read after it is read afresh.
_PEN = """
SELECT position FROM feed_heads
WHERE feed = :feed AND EXISTS (SELECT FROM feed_waiting WHERE feed = :feed) FOR UPDATE SKIP LOCKED
"""
_NUMBER = """
WITH taken AS (
    DELETE FROM feed_waiting WHERE id IN (SELECT id FROM feed_waiting WHERE feed = :feed ORDER BY id LIMIT :batch)
    RETURNING id, subject, change, at
), numbered AS (
    INSERT INTO feed_entries (feed, position, subject, change, at)
    SELECT :feed, :head + row_number() OVER (ORDER BY id), subject, change, at FROM taken
    RETURNING position
)
UPDATE feed_heads SET position = n.last FROM (SELECT max(position) AS last, count(*) AS count FROM numbered) n
WHERE feed = :feed AND n.last IS NOT NULL
RETURNING n.count
"""
_HEAD = "SELECT position FROM feed_heads WHERE feed = :feed"
_OLDEST = "SELECT min(position) AS position FROM feed_entries WHERE feed = :feed"
_BEHIND = """
SELECT position, subject, change, at FROM feed_entries
WHERE feed = :feed AND position > :position ORDER BY position LIMIT :limit
"""
_FORGET = f"""
DELETE FROM feed_entries WHERE (feed, position) IN (
    SELECT feed, position FROM feed_entries WHERE numbered_at < clock_timestamp() - interval '{KEPT}'
    ORDER BY feed, position LIMIT 1000)
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Change:
    """`subject`: what has changed; `change`: a code that says how."""

    position: int
    subject: str
    change: str
    at: datetime


def announce(tx: Transaction, *, feed: str, subject: str, change: str) -> None:
    """Written with the transaction. Who follows is woken by the hint for the outbox."""
    tx.put(_ANNOUNCE, feed=feed, subject=subject, change=change)
    tx.wakes.add(OUTBOX)


async def number(tx: Transaction, feed: str, at_most: int = BATCH) -> int:
    """Gives what waits its positions, in a transaction of its own; how many. 0 also if another is at it."""
    pen = await tx.row_or_none(_PEN, feed=feed)
    if pen is None:
        return 0
    done = await tx.row_or_none(_NUMBER, feed=feed, head=pen["position"], batch=at_most)
    return 0 if done is None else int(done["count"])


async def head(tx: Transaction, feed: str) -> int:
    """The last position; 0 before the first."""
    row = await tx.row_or_none(_HEAD, feed=feed)
    return 0 if row is None else int(row["position"])


async def is_kept(tx: Transaction, feed: str, position: int) -> bool:
    """Whether everything behind this position can still be read, and nothing before it was made up."""
    last = await head(tx, feed)
    oldest = (await tx.row(_OLDEST, feed=feed))["position"] or last + 1
    return oldest - 1 <= position <= last


async def behind(tx: Transaction, feed: str, position: int, *, limit: int) -> Sequence[Change]:
    rows = await tx.rows(_BEHIND, feed=feed, position=position, limit=limit)
    return [Change(**row) for row in rows]


async def forget_told(tx: Transaction) -> int:
    """Deletes a batch of entries older than a week; returns how many. The oldest go first, so that no gap opens."""
    return await tx.run(_FORGET)
