"""What time does to offers: expire them, ask the next person. One dispatch per transaction, several engines at once."""

from services.alerts.domain.offers import Bypass, Expire, OfferFacts, Wait, overdue
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.tables import OfferRow
from services.alerts.usecases.settle_offer import settle_offer
from services.alerts.usecases.staff_roles import staff_roles
from shared.kernel.vocabulary import OfferState
from shared.persistence.transaction import Transaction

_DUE = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM offers WHERE state IN ('open', 'acknowledged') AND next_action_at <= app_now()
    ORDER BY next_action_at LIMIT 50
) LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def escalate_unanswered_offers(tx: Transaction) -> bool:
    """One dispatch with something due; False if there is none that another engine has not taken."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    dispatch = await lock_dispatch(tx, due["incident_id"])
    causes = [await _judge(tx, dispatch, offer) for offer in dispatch.live_offers()]
    cause = next((cause for cause in causes if cause), None)
    if cause:
        await staff_roles(tx, dispatch, cause=cause)
    return True


async def _judge(tx: Transaction, dispatch: Dispatch, offer: OfferRow) -> str | None:
    match overdue(_facts(offer), await tx.now()):
        case Expire():
            await settle_offer(tx, dispatch, offer, OfferState.EXPIRED)
            return "unanswered"
        case Bypass():
            offer.bypassed_at = await tx.now()
            offer.next_action_at = offer.acknowledge_by
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
        delivered=offer.delivered_at is not None,
        bypassed=offer.bypassed_at is not None,
    )
