"""Queue a message for whoever has an enabled endpoint. The sender takes it from there."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.persistence.hint import DELIVERIES
from shared.persistence.transaction import Transaction

_QUEUE = """
INSERT INTO deliveries (id, class, kind, endpoint_id, incident_id, offer_id, page_id, body, state, attempts,
                        next_attempt_at)
SELECT gen_random_uuid(), :class_, :kind, id, :incident_id, :offer_id, :page_id, :body, 'pending', 0, clock_timestamp()
FROM webhook_endpoints WHERE
"""
# What is urgent always comes; a notice may be muted.
_WANTED = "(:class_ = 'urgent' OR NOT 'truce.' || :kind = ANY(muted)) RETURNING deliveries.id"
_TO_ENDPOINT = f"{_QUEUE} id = :to AND {_WANTED}"
_TO_INTERRUPTER = f"{_QUEUE} enabled AND owner_kind = 'interrupter' AND owner_id = :to AND {_WANTED}"
_CANCEL = """
UPDATE deliveries SET state = 'cancelled', next_attempt_at = NULL, settled_at = clock_timestamp()
WHERE offer_id = :offer_id AND kind IN ('offer.made', 'assignment.made') AND state IN ('pending', 'retry_scheduled')
"""


@dataclass(frozen=True)
class Message:
    """`kind` names it in the delivery log; urgent ones are tried for seconds, the others for a day."""

    kind: str
    urgent: bool
    content: dict[str, Any]
    incident_id: UUID | None = None
    offer_id: UUID | None = None
    page_id: UUID | None = None


async def queue_for_interrupter(tx: Transaction, interrupter_id: UUID, message: Message) -> int:
    """To how many endpoints; 0 if the last of them was disabled meanwhile."""
    return len(await _queue(tx, _TO_INTERRUPTER, interrupter_id, message))


async def queue(tx: Transaction, endpoint_id: UUID, message: Message) -> UUID | None:
    """The delivery's id; None for a notice that is muted there."""
    queued = await _queue(tx, _TO_ENDPOINT, endpoint_id, message)
    return queued[0] if queued else None


async def _queue(tx: Transaction, statement: str, to: UUID, message: Message) -> list[UUID]:
    """Serialised once: these bytes are signed and sent. The id is the `webhook-id`, the same over all attempts."""
    queued = await tx.rows(
        statement,
        to=to,
        class_="urgent" if message.urgent else "durable",
        kind=message.kind,
        incident_id=message.incident_id,
        offer_id=message.offer_id,
        page_id=message.page_id,
        body=json.dumps(message.content, separators=(",", ":")).encode(),
    )
    tx.wakes.add(DELIVERIES)
    return [row["id"] for row in queued]


async def cancel_offer_deliveries(tx: Transaction, offer_id: UUID) -> None:
    """The question, or the news of an assignment: what was not sent yet is not sent any more.

    An attempt under way ends by itself and is not repeated.
    """
    await tx.run(_CANCEL, offer_id=offer_id)
