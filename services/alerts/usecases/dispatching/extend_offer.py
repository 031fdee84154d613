"""Somebody at the desk gives the person asked more time, for example because they are on the phone with them."""

from datetime import datetime
from uuid import UUID

from services.alerts.domain.desk_actions import AlreadySo, NotNow, extend
from services.alerts.domain.override import Desk
from services.alerts.queries.dispatches import lock_offer
from services.alerts.tables import OfferRow
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.dispatching.settle_offer import tell
from shared.contracts.dispatch_steps import OfferExtended
from shared.kernel.errors import FieldError, Invalid, StateConflict
from shared.kernel.vocabulary import DeskReason, OfferState
from shared.persistence.transaction import Transaction


async def extend_offer(
    tx: Transaction, offer_id: UUID, accept_by: datetime, reason: DeskReason, desk: Desk
) -> OfferRow:
    """To acknowledge and to accept, both. Raises NotFound, StateConflict, Invalid; repeating it changes nothing.

    The engine looks at the offer at its old time too, and finds that there is more.
    """
    dispatch, offer = await lock_offer(tx, offer_id)
    match extend(OfferState(offer.state), offer.accept_by, accept_by, await tx.now()):
        case NotNow(why):
            raise StateConflict(why, state=offer.state)
        case FieldError() as fault:
            raise Invalid(fault)
        case AlreadySo():
            return offer
    offer.accept_by = accept_by
    offer.acknowledge_by = max(offer.acknowledge_by, accept_by)
    await note_action(tx, dispatch.incident_id, "extend", reason=reason, desk=desk, about=(offer_id, accept_by))
    await tell(tx, dispatch, offer.interrupter_id, offer.id, "offer.extended", accept_by=accept_by.isoformat())
    await dispatch.record(tx, OfferExtended, offer_id=offer_id, reason=reason, decided_as=desk.office)
    return offer
