"""End an offer: state, time, pending messages and event, together. The one way an offer ever ends."""

from uuid import UUID

from services.alerts.messages import notice_message
from services.alerts.queries.dispatches import Dispatch
from services.alerts.tables import OfferRow
from services.alerts.usecases.messages.queue_delivery import Message, cancel_offer_deliveries, queue_for_interrupter
from shared.contracts.dispatch_event import OfferEvent
from shared.contracts.events.dispatches import (
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferTaken,
    OfferUndeliverable,
    OfferWithdrawn,
)
from shared.kernel.vocabulary import DeclineReason, OfferState
from shared.persistence.transaction import Transaction

_EVENTS: dict[OfferState, type[OfferEvent]] = {
    OfferState.ACCEPTED: OfferAccepted,
    OfferState.DECLINED: OfferDeclined,
    OfferState.EXPIRED: OfferExpired,
    OfferState.UNDELIVERABLE: OfferUndeliverable,
    OfferState.TAKEN: OfferTaken,
    OfferState.WITHDRAWN: OfferWithdrawn,
}
# Whom it concerns has not done it themselves, and may be on their way.
_TOLD = {OfferState.TAKEN: "offer.taken", OfferState.WITHDRAWN: "offer.withdrawn"}


async def settle_offer(
    tx: Transaction,
    dispatch: Dispatch,
    offer: OfferRow,
    state: OfferState,
    reason: DeclineReason | None = None,
    *,
    told: bool = True,
) -> None:
    """The dispatch is locked; the caller has decided that the transition is allowed. `told` False: whoever was asked is
    wanted at this very incident all the same, and hears of that.
    """
    offer.state = state
    offer.settled_at = await tx.now()
    offer.next_action_at = None
    offer.decline_reason = reason
    await cancel_offer_deliveries(tx, offer.id)
    if told and state in _TOLD:
        await tell(tx, dispatch, offer.interrupter_id, offer.id, _TOLD[state])
    await dispatch.record(tx, _EVENTS[state], offer_id=offer.id)


async def tell(
    tx: Transaction,
    dispatch: Dispatch,
    interrupter_id: UUID,
    offer_id: UUID,
    kind: str,
    *,
    urgent: bool = False,
    **facts: str,
) -> None:
    """`facts`: of this kind of notice alone."""
    content = notice_message(kind, dispatch.row.incident, offer_id=offer_id, **facts)
    message = Message(kind, urgent=urgent, content=content, incident_id=dispatch.incident_id, offer_id=offer_id)
    await queue_for_interrupter(tx, interrupter_id, message)
