"""Positions: where this service is in each partition, kept in its own database with the effects.

They advance by compare-and-set in the transaction of the effects, so a worker that lost its partition, or a batch that
was delivered twice, changes nothing (`PositionMoved`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka import TopicPartition

from shared.persistence.transaction import Transaction

_STORED = "SELECT topic, partition, next_offset FROM consumer_positions WHERE cluster_id = :cluster"
_BEGIN = """
INSERT INTO consumer_positions (cluster_id, topic, partition, next_offset)
VALUES (:cluster, :topic, :partition, :offset) ON CONFLICT DO NOTHING
"""
_ADVANCE = """
UPDATE consumer_positions SET next_offset = :new, updated_at = clock_timestamp()
WHERE cluster_id = :cluster AND topic = :topic AND partition = :partition AND next_offset = :expected
"""


class PositionMoved(Exception):
    """Another worker, or an earlier commit of our own whose answer was lost, has advanced this partition."""


@dataclass(frozen=True, order=True)
class Advance:
    topic: str
    partition: int
    expected: int
    new: int


async def load(tx: Transaction, cluster: str) -> dict[TopicPartition, int]:
    rows = await tx.rows(_STORED, cluster=cluster)
    return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def begin(tx: Transaction, cluster: str, at: dict[TopicPartition, int]) -> None:
    for partition, offset in sorted(at.items()):
        await tx.run(_BEGIN, cluster=cluster, topic=partition.topic, partition=partition.partition, offset=offset)


async def advance(tx: Transaction, cluster: str, steps: Iterable[Advance]) -> None:
    """Sorted, so that two workers never wait for each other crosswise. Raises PositionMoved."""
    for step in sorted(steps):
        touched = await tx.run(
            _ADVANCE,
            cluster=cluster,
            topic=step.topic,
            partition=step.partition,
            expected=step.expected,
            new=step.new,
        )
        if touched != 1:
            raise PositionMoved(f"{step.topic}/{step.partition}")


async def resume_consumer(tx: Transaction, *, from_beginning: bool = False) -> bool:
    """False, and nothing changes, if it was not stopped: what runs holds its positions."""
    if not await tx.run("DELETE FROM consumer_stop"):
        return False
    if from_beginning:
        await tx.run("DELETE FROM consumer_positions")
    return True
