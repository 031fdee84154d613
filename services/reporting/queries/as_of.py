"""Up to where a number has seen the topics: positions and the newest event's time, of the same moment as the number."""

from dataclasses import dataclass
from datetime import datetime

from shared.persistence.transaction import Transaction

# Positions of another cluster, from before a broker was replaced, say nothing about the present one.
_POSITIONS = """
SELECT topic, partition, next_offset FROM consumer_positions
WHERE cluster_id = (SELECT cluster_id FROM consumer_positions ORDER BY updated_at DESC LIMIT 1)
ORDER BY topic, partition
"""
_LAST_EVENT = "SELECT max(last_at) AS at FROM event_counts"
_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@dataclass(frozen=True)
class AsOf:
    """`positions`: topic → next offset of each partition, in the order of the partitions. Everything before is in."""

    last_event_at: datetime | None
    positions: dict[str, list[int]]


async def freeze(tx: Transaction) -> None:
    """Everything read in this transaction is of one moment. Must come first in it."""
    await tx.run(_ONE_MOMENT)


async def read_as_of(tx: Transaction) -> AsOf:
    positions: dict[str, list[int]] = {}
    for row in await tx.rows(_POSITIONS):
        positions.setdefault(row["topic"], []).append(row["next_offset"])
    return AsOf((await tx.row(_LAST_EVENT))["at"], positions)
