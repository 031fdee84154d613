"""Planted: the group's offsets are believed, which the client commits as it reads; the database's are not asked."""

from collections.abc import Collection

from shared.messaging import kafka
from shared.messaging.consumer import positions
from shared.messaging.consumer.fetch import Fetcher
from shared.persistence.transaction import Transaction

_NOTE = """
INSERT INTO consumer_positions (cluster_id, topic, partition, next_offset)
VALUES (:cluster, :topic, :partition, :offset)
ON CONFLICT (cluster_id, topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset
"""


def plant(process: str) -> None:
    if not process.endswith("-stream"):
        return
    trusting = {"enable_auto_commit": True, "auto_commit_interval_ms": 200, "auto_offset_reset": "earliest"}
    kafka.CONSUMER_SETTINGS.update(trusting)

    async def go_on_where_the_group_is(self: Fetcher) -> None:
        self.epoch += 1
        self.next = {at: await self._consumer.position(at) for at in self._consumer.assignment()}

    async def note(tx: Transaction, cluster: str, steps: Collection[positions.Advance]) -> None:
        for step in sorted(steps):
            await tx.run(_NOTE, cluster=cluster, topic=step.topic, partition=step.partition, offset=step.new)

    Fetcher.reposition = go_on_where_the_group_is  # type: ignore[method-assign] # the defect
    positions.advance = note
