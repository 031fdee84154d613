"""Positions: where this service is in each partition, kept in its own database with the effects.

They advance by compare-and-set in the transaction of the effects, so a worker that lost its partition, or a batch that
was delivered twice, changes nothing (`PositionMoved`).
"""

from collections.abc import Collection
from dataclasses import dataclass

from aiokafka import TopicPartition

from shared.persistence.transaction import Transaction

_STORED = "SELECT topic, partition, next_offset FROM consumer_positions WHERE cluster_id = :cluster"
_BEGIN = """
INSERT INTO consumer_positions (cluster_id, topic, partition, next_offset)
VALUES (:cluster, :topic, :partition, :offset) ON CONFLICT DO NOTHING
"""
# Locked in sorted order, so that two workers never wait for each other crosswise; judged again once the lock is held.
_ADVANCE = """
WITH step AS (
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:expected AS bigint[]),
                         CAST(:new AS bigint[])) AS t (topic, partition, expected, next)
), held AS (
    SELECT p.topic, p.partition, s.next FROM consumer_positions p JOIN step s USING (topic, partition)
    WHERE p.cluster_id = :cluster AND p.next_offset = s.expected ORDER BY p.topic, p.partition FOR UPDATE OF p
)
UPDATE consumer_positions p SET next_offset = held.next, updated_at = clock_timestamp()
FROM held WHERE p.cluster_id = :cluster AND p.topic = held.topic AND p.partition = held.partition
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


async def advance(tx: Transaction, cluster: str, steps: Collection[Advance]) -> None:
    """All or none. Raises PositionMoved."""
    touched = await tx.run(
        _ADVANCE,
        cluster=cluster,
        topics=[step.topic for step in steps],
        partitions=[step.partition for step in steps],
        expected=[step.expected for step in steps],
        new=[step.new for step in steps],
    )
    if touched != len(steps):
        raise PositionMoved(f"{len(steps) - touched} of {len(steps)} partitions")


async def resume_consumer(tx: Transaction, *, from_beginning: bool = False) -> bool:
    """False, and nothing changes, if it was not stopped: what runs holds its positions."""
    if not await tx.run("DELETE FROM consumer_stop"):
        return False
    if from_beginning:
        await tx.run("DELETE FROM consumer_positions")
    return True
