"""The outbox: an event is published by writing it in the transaction that made it true.

The caller has locked the aggregate's root and given the event the root's next version; the row's id is taken after
that lock, so the ids of one root's events rise with its versions.
"""

import json
from uuid import UUID

from shared.contracts.event import Event
from shared.kernel.ids import new_id
from shared.messaging.envelope import headers_of
from shared.observability.tracing import current_traceparent
from shared.persistence.hint import OUTBOX
from shared.persistence.transaction import Transaction

MAX_EVENT_BYTES = 256 * 1024
# A set-aside record is kept whole: a broker's own limit for one message, headers included.
MAX_DEAD_LETTER_BYTES = 2 * 1024 * 1024

# In the order given: the ids of one root's events rise with its versions.
_INSERT = """
INSERT INTO outbox (event_id, topic, key, headers, value)
SELECT event_id, topic, key, CAST(headers AS jsonb), value
FROM unnest(CAST(:event_id AS uuid[]), CAST(:topic AS text[]), CAST(:key AS text[]), CAST(:headers AS text[]),
            CAST(:value AS bytea[])) WITH ORDINALITY AS t (event_id, topic, key, headers, value, place)
ORDER BY place
"""


class EventTooLarge(ValueError):
    """The event would not fit on its topic; its transaction must not succeed."""


async def publish(tx: Transaction, *events: Event) -> None:
    """Raises EventTooLarge above 256 KiB, which fails the transaction."""
    for event in events:
        value = event.model_dump_json(exclude_none=True).encode()
        if len(value) > MAX_EVENT_BYTES:
            raise EventTooLarge(f"{event.TYPE}: {len(value)} bytes")
        event_id = new_id()
        headers = headers_of(event, event_id=event_id, traceparent=current_traceparent())
        await append(tx, event_id=event_id, topic=event.TOPIC.name, key=event.root, headers=headers, value=value)


async def append(
    tx: Transaction, *, event_id: UUID, topic: str, key: str, headers: dict[str, str], value: bytes
) -> None:
    """Adds raw bytes to be sent; `topic` without the deployment's prefix."""
    tx.put(_INSERT, event_id=event_id, topic=topic, key=key, headers=json.dumps(headers), value=value)
    tx.wakes.add(OUTBOX)
