"""Dispatch: give a decoded event to its use case, once. Repeats and stale versions are dropped by the root's version.

A gap in versions never stops an event: each carries the full snapshot. It is counted.
"""

from collections.abc import Mapping, Sequence

from shared.contracts.event import Event
from shared.messaging.consumer.decode import Decoded, Poison, Uninteresting
from shared.messaging.envelope import Envelope
from shared.messaging.subscriptions import Reaction
from shared.observability.metrics import APPLIED, DUPLICATES, GAPS, IGNORED
from shared.observability.tracing import begin_trace
from shared.persistence.transaction import Transaction

# One statement for a whole batch. The positions, which come first in the transaction, keep two workers apart.
_SEEN = """
WITH incoming AS (
    SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:roots AS text[]), CAST(:versions AS bigint[]))
        AS t (topic, root, version)
), before AS (
    SELECT a.topic, a.root, a.version FROM applied a
    WHERE (a.topic, a.root) IN (SELECT topic, root FROM incoming)
), moved AS (
    INSERT INTO applied AS a (topic, root, version)
    SELECT topic, root, max(version) FROM incoming GROUP BY topic, root ORDER BY topic, root
    ON CONFLICT (topic, root) DO UPDATE SET version = EXCLUDED.version WHERE a.version < EXCLUDED.version
)
SELECT topic, root, version FROM before
"""

Item = Decoded | Uninteresting | Poison


class UseCaseBroken(Exception):
    """A use case failed with what looks like a fault of the surroundings, and is not: it calls nobody but the database.

    Named here, it is the record's or the deployment's; unnamed, it would be retried for ever.
    """


async def only_new(tx: Transaction, items: Sequence[tuple[str, Item]]) -> list[bool]:
    """For each (topic without the deployment's prefix, item): whether its version was not seen. Marks all as seen.

    Poison has no version and is never a repeat.
    """
    versioned = [(topic, item.envelope) for topic, item in items if not isinstance(item, Poison)]
    if not versioned:
        return [True] * len(items)
    rows = await tx.rows(
        _SEEN,
        topics=[topic for topic, _ in versioned],
        roots=[envelope.subject for _, envelope in versioned],
        versions=[envelope.version for _, envelope in versioned],
    )
    seen = {(row["topic"], row["root"]): row["version"] for row in rows}
    return [isinstance(item, Poison) or _is_new(seen, topic, item.envelope) for topic, item in items]


def _is_new(seen: dict[tuple[str, str], int], topic: str, envelope: Envelope) -> bool:
    before = seen.get((topic, envelope.subject), 0)
    if envelope.version <= before:
        DUPLICATES.labels(topic).inc()
        return False
    if envelope.version > before + 1:
        GAPS.labels(topic).inc()
    seen[topic, envelope.subject] = envelope.version
    return True


async def apply(
    tx: Transaction, topic: str, item: Decoded | Uninteresting, reactions: Mapping[type[Event], Reaction]
) -> None:
    if isinstance(item, Uninteresting):
        IGNORED.labels(topic).inc()
        return
    begin_trace(item.envelope.traceparent)
    try:
        await reactions[type(item.event)](tx, item.event)
    except ConnectionError:
        raise  # the database's
    except OSError as error:
        raise UseCaseBroken(type(error).__name__) from error
    APPLIED.labels(topic).inc()
