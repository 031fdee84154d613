"""Queue a message for whoever has an enabled endpoint. The sender takes it from there."""

from uuid import UUID

from shared.kernel.ids import random_id
from shared.persistence.transaction import Transaction

_QUEUE = """
INSERT INTO deliveries (id, class, kind, endpoint_id, incident_id, offer_id, page_id, body, state, attempts,
                        next_attempt_at)
VALUES (:id, :class, :kind, :endpoint_id, :incident_id, :offer_id, :page_id, :body, 'pending', 0, clock_timestamp())
"""
_OF_INTERRUPTER = """
SELECT id FROM webhook_endpoints WHERE enabled AND owner_kind = 'interrupter' AND owner_id = :owner
"""
_CANCEL = """
UPDATE deliveries SET state = 'cancelled', next_attempt_at = NULL, settled_at = clock_timestamp()
WHERE offer_id = :offer_id AND kind = 'offer.made' AND state IN ('pending', 'retry_scheduled')
"""


async def queue_for_interrupter(
    tx: Transaction, interrupter_id: UUID, *, kind: str, urgent: bool, body: bytes, incident_id: UUID, offer_id: UUID
) -> None:
    for endpoint in await tx.rows(_OF_INTERRUPTER, owner=interrupter_id):
        await queue(tx, endpoint["id"], kind=kind, urgent=urgent, body=body, incident_id=incident_id, offer_id=offer_id)


async def queue(
    tx: Transaction,
    endpoint_id: UUID,
    *,
    kind: str,
    urgent: bool,
    body: bytes,
    **about: UUID | None,
) -> None:
    """`about`: incident_id, offer_id, page_id. The id is the message's `webhook-id`, the same over all attempts."""
    parameters = {"incident_id": None, "offer_id": None, "page_id": None} | about
    parameters["class"] = "urgent" if urgent else "durable"  # type: ignore[assignment] # a column name that is a keyword
    await tx.run(_QUEUE, id=random_id(), kind=kind, endpoint_id=endpoint_id, body=body, **parameters)
    tx.wakes = True


async def cancel_offer_deliveries(tx: Transaction, offer_id: UUID) -> None:
    """What was not sent yet is not sent any more. An attempt under way ends by itself and is not repeated."""
    await tx.run(_CANCEL, offer_id=offer_id)
