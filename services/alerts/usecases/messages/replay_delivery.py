"""A message that died is sent again: a new one with an id of its own that refers to it. What was dead is `replayed`.

Whether it may be is decided under the lock of what it is about, so that nothing that ends meanwhile is told as news.
"""

from uuid import UUID

from services.alerts.domain.replaying import Letter, Unsendable, unsendable
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.deliveries import visible_delivery
from services.alerts.queries.dispatches import lock_offer
from shared.kernel.vocabulary import OfferState
from shared.persistence.hint import DELIVERIES
from shared.persistence.transaction import Transaction

_PAGE = "SELECT state FROM pages WHERE id = :id FOR SHARE"
_LETTER = """
SELECT d.kind, d.state, e.enabled AS endpoint_is_enabled,
       (SELECT o.state FROM offers o WHERE o.id = d.offer_id) AS offer,
       EXISTS (SELECT FROM assignments a WHERE a.offer_id = d.offer_id
               AND a.state IN ('accepted', 'en_route', 'on_scene')) AS assignment_is_active,
       (SELECT p.state FROM pages p WHERE p.id = d.page_id) AS page
FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.id = :id FOR UPDATE OF d
"""
_AGAIN = """
WITH old AS (UPDATE deliveries SET state = 'replayed' WHERE id = :id RETURNING *)
INSERT INTO deliveries (id, class, kind, endpoint_id, incident_id, offer_id, page_id, body, state, attempts,
                        next_attempt_at, replay_of)
SELECT gen_random_uuid(), class, kind, endpoint_id, incident_id, offer_id, page_id, body, 'pending', 0,
       clock_timestamp(), id
FROM old RETURNING id
"""


async def replay_delivery(tx: Transaction, viewer: Viewer, delivery_id: UUID) -> UUID | Unsendable:
    """The new delivery's id, or why nothing was sent. Raises NotFound."""
    seen = await visible_delivery(tx, viewer, delivery_id)
    if seen["offer_id"] is not None:
        await lock_offer(tx, seen["offer_id"])
    if seen["page_id"] is not None:
        await tx.rows(_PAGE, id=seen["page_id"])
    row = await tx.row(_LETTER, id=delivery_id)
    offer = None if row["offer"] is None else OfferState(row["offer"])
    refused = unsendable(Letter(**{**row, "offer": offer}))
    if refused is not None:
        return refused
    tx.wakes.add(DELIVERIES)
    again: UUID = (await tx.row(_AGAIN, id=delivery_id))["id"]
    return again
