"""Dispatch: give a decoded event to its use case, once. Repeats and stale versions are dropped by the root's version.

A gap in versions never stops an event: each carries the full snapshot. It is counted.
"""

from collections.abc import Mapping

from shared.contracts.event import Event
from shared.messaging.consumer.decode import Decoded, Uninteresting
from shared.messaging.subscriptions import Reaction
from shared.observability.metrics import APPLIED, DUPLICATES, GAPS, IGNORED
from shared.observability.tracing import begin_trace
from shared.persistence.transaction import Transaction

_SEEN = """
WITH before AS (SELECT version FROM applied WHERE topic = :topic AND root = :root)
INSERT INTO applied AS a (topic, root, version) VALUES (:topic, :root, :version)
ON CONFLICT (topic, root) DO UPDATE SET version = EXCLUDED.version WHERE a.version < EXCLUDED.version
RETURNING coalesce((SELECT version FROM before), 0) AS before
"""


async def apply(
    tx: Transaction, topic: str, item: Decoded | Uninteresting, reactions: Mapping[type[Event], Reaction]
) -> None:
    """`topic` without the deployment's prefix, so that a renamed deployment keeps what it has seen."""
    envelope = item.envelope
    seen = await tx.row_or_none(_SEEN, topic=topic, root=envelope.subject, version=envelope.version)
    if seen is None:
        DUPLICATES.labels(topic).inc()
        return
    if envelope.version > seen["before"] + 1:
        GAPS.labels(topic).inc()
    if isinstance(item, Uninteresting):
        IGNORED.labels(topic).inc()
        return
    begin_trace(envelope.traceparent)
    await reactions[type(item.event)](tx, item.event)
    APPLIED.labels(topic).inc()
