"""A message that died is sent again: a new one with an id of its own that refers to it. What was dead is `replayed`.

Whether it may be is decided under the lock of what it is about, so that nothing that ends meanwhile is told as news.
"""

from uuid import UUID

from services.alerts.domain.replaying import Letter, Unsendable, unsendable
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.deliveries import visible_delivery
from services.alerts.queries.dispatches import find_dispatch
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import OfferState
from shared.persistence.hint import DELIVERIES
from shared.persistence.transaction import Transaction

_PAGE = "SELECT state FROM pages WHERE id = :id FOR SHARE"
_LETTER = """
SELECT d.kind, d.state, e.enabled AS endpoint_is_enabled, o.state AS offer,
       coalesce(a.state IN ('accepted', 'en_route', 'on_scene'), false) AS assignment_is_active,
       a.check_in_state AS check_in, p.state AS page,
       (SELECT CAST(i.incident ->> 'active_threat' AS boolean) FROM dispatches i WHERE i.incident_id = d.incident_id)
           AS active_threat,
       CASE d.kind
           WHEN 'test_page' THEN EXISTS (
               SELECT FROM test_page_deliveries t JOIN test_pages s ON s.id = t.test_page_id
               JOIN test_page_people w USING (test_page_id, interrupter_id)
               WHERE t.delivery_id = d.id AND s.answer_by > app_now() AND w.acknowledged_at IS NULL)
           WHEN 'triage.due_soon' THEN EXISTS (
               SELECT FROM triages t WHERE t.incident_id = d.incident_id AND t.state = 'due' AND t.due_at > app_now())
           WHEN 'plan_step.overdue' THEN EXISTS (
               SELECT FROM plan_steps s WHERE s.incident_id = d.incident_id AND s.done_at IS NULL
               AND m.data -> 'step_ids' ? CAST(s.id AS text))
           WHEN 'shift_trade.requested' THEN EXISTS (
               SELECT FROM shift_trades t WHERE t.id = CAST(m.data ->> 'trade_id' AS uuid) AND t.state = 'requested'
               AND t.lapses_at > app_now())
           WHEN 'endpoint.failing' THEN EXISTS (
               SELECT FROM webhook_endpoints f WHERE f.id = CAST(m.data ->> 'endpoint_id' AS uuid) AND f.enabled
               AND f.breaker <> 'closed')
           ELSE false END AS is_open
FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
LEFT JOIN offers o ON o.id = d.offer_id LEFT JOIN assignments a ON a.offer_id = d.offer_id
LEFT JOIN pages p ON p.id = d.page_id
CROSS JOIN LATERAL (SELECT CAST(convert_from(d.body, 'UTF8') AS jsonb) -> 'data' AS data) m
WHERE d.id = :id FOR UPDATE OF d
"""
_AGAIN = """
WITH old AS (UPDATE deliveries SET state = 'replayed' WHERE id = :id RETURNING *)
INSERT INTO deliveries (id, class, kind, endpoint_id, incident_id, offer_id, page_id, body, state, attempts,
                        next_attempt_at, replay_of)
SELECT gen_random_uuid(), class, kind, endpoint_id, incident_id, offer_id, page_id, body, 'pending', 0,
       clock_timestamp(), id
FROM old RETURNING id
"""
# So that the new one can be answered, too.
_STILL_TESTS = """
INSERT INTO test_page_deliveries (delivery_id, test_page_id, interrupter_id)
SELECT :again, test_page_id, interrupter_id FROM test_page_deliveries WHERE delivery_id = :id
"""


async def replay_delivery(tx: Transaction, viewer: Viewer, delivery_id: UUID) -> UUID | Unsendable:
    """The new delivery's id, or why nothing was sent. Raises NotFound."""
    seen = await visible_delivery(tx, viewer, delivery_id)
    if seen["incident_id"] is not None:
        await find_dispatch(tx, seen["incident_id"], lock=True)
    if seen["page_id"] is not None:
        await tx.rows(_PAGE, id=seen["page_id"])
    row = await tx.row(_LETTER, id=delivery_id)
    offer, check_in = row["offer"] and OfferState(row["offer"]), row["check_in"] and CheckInState(row["check_in"])
    refused = unsendable(Letter(**{**row, "offer": offer, "check_in": check_in}))
    if refused is not None:
        return refused
    tx.wakes.add(DELIVERIES)
    again: UUID = (await tx.row(_AGAIN, id=delivery_id))["id"]
    await tx.run(_STILL_TESTS, id=delivery_id, again=again)
    return again
