"""What time does to offers: expire them, ask the next person. One dispatch per transaction, several engines at once."""

from uuid import UUID

from services.alerts.domain.offers import Bypass, Expire, OfferFacts, Wait, overdue
from services.alerts.queries.dispatches import Dispatch, announce_change, lock_dispatch
from services.alerts.tables import OfferRow
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from shared.kernel.vocabulary import OfferState
from shared.persistence.transaction import Transaction

# In no order: one dispatch that cannot be judged must not stand before all others.
_DUE = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM offers WHERE state IN ('open', 'acknowledged') AND next_action_at <= app_now()
    ORDER BY next_action_at LIMIT 50
) ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_COMMITTED = """
SELECT interrupter_id FROM assignments
WHERE interrupter_id = ANY(:people) AND incident_id <> :incident_id AND state IN ('accepted', 'en_route', 'on_scene')
  AND exercise <= :exercise
"""


async def escalate_unanswered_offers(tx: Transaction) -> bool:
    """One dispatch with something due; False if there is none that another engine has not taken."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    dispatch = await lock_dispatch(tx, due["incident_id"])
    committed = await _committed(tx, dispatch)
    causes = [await _judge(tx, dispatch, offer, committed) for offer in dispatch.live_offers()]
    cause = next((cause for cause in causes if cause), None)
    if cause:
        await staff_roles(tx, dispatch, cause=cause)
    return True


async def _committed(tx: Transaction, dispatch: Dispatch) -> frozenset[UUID]:
    """Whom of those asked another incident has: they took it after they were asked here. A drill's work is no
    hindrance to a real question.
    """
    people = [offer.interrupter_id for offer in dispatch.live_offers()]
    rows = await tx.rows(_COMMITTED, people=people, incident_id=dispatch.incident_id, exercise=dispatch.is_exercise)
    return frozenset(row["interrupter_id"] for row in rows)


async def _judge(tx: Transaction, dispatch: Dispatch, offer: OfferRow, committed: frozenset[UUID]) -> str | None:
    if offer.interrupter_id in committed:
        await settle_offer(tx, dispatch, offer, OfferState.WITHDRAWN)
        return "committed_elsewhere"
    match overdue(_facts(offer), await tx.now()):
        case Expire():
            await settle_offer(tx, dispatch, offer, OfferState.EXPIRED)
            return "unanswered"
        case Bypass():
            offer.bypassed_at = await tx.now()
            offer.next_action_at = offer.acknowledge_by
            announce_change(tx, offer.incident_id, "offer.bypassed")
            return "undelivered"
        case Wait(until):
            offer.next_action_at = until
    return None


def _facts(offer: OfferRow) -> OfferFacts:
    return OfferFacts(
        state=OfferState(offer.state),
        undelivered_by=offer.undelivered_by,
        acknowledge_by=offer.acknowledge_by,
        accept_by=offer.accept_by,
        attempted=offer.first_attempt_at is not None,
        delivered=offer.delivered_at is not None,
        bypassed=offer.bypassed_at is not None,
    )
