"""What an interrupter's tap does: acknowledge, accept, decline. Late and repeated taps are answered, not guessed at."""

from uuid import UUID

from services.alerts.domain.eligibility import lost_standing
from services.alerts.domain.offers import LIVE, may_accept, may_acknowledge, may_decline
from services.alerts.queries.dispatches import Dispatch, lock_offer
from services.alerts.queries.standing import standing
from services.alerts.queries.unfit import why_unfit
from services.alerts.tables import OfferRow
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.responding.assign_role import assign_role
from shared.contracts.events.dispatches import OfferAcknowledged
from shared.kernel.errors import NotEligible, StateConflict
from shared.kernel.vocabulary import AssignmentState, DeclineReason, DispatchRole, LeftOut, OfferState
from shared.persistence.transaction import Transaction

_RELIEVED = frozenset({AssignmentState.REASSIGNED, AssignmentState.STOOD_DOWN})


async def acknowledge_offer(tx: Transaction, offer_id: UUID) -> OfferRow:
    """Seen by a person. Repeating it changes nothing."""
    dispatch, offer = await lock_offer(tx, offer_id)
    if may_acknowledge(OfferState(offer.state)):
        offer.state = OfferState.ACKNOWLEDGED
        offer.acknowledged_at = await tx.now()
        offer.next_action_at = offer.accept_by
        await dispatch.record(tx, OfferAcknowledged, offer_id=offer.id)
    elif offer.state not in {OfferState.ACKNOWLEDGED, OfferState.ACCEPTED}:
        raise StateConflict("the offer has ended", state=offer.state)
    _refuse_relieved(dispatch, offer)
    return offer


async def accept_offer(tx: Transaction, offer_id: UUID) -> OfferRow:
    """The first valid yes has the role; the others' offers become `taken` and they are told.

    Raises StateConflict if somebody has the role or the dispatch has ended, and NotEligible if the person has another
    assignment, or says yes late and would not be asked any more.
    """
    dispatch, offer = await lock_offer(tx, offer_id)
    if offer.state == OfferState.ACCEPTED:
        _refuse_relieved(dispatch, offer)
        return offer
    role = DispatchRole(offer.role)
    wanted = dispatch.policy.roles.get(role, 0)
    stand = dispatch.stand(role, wanted)
    if dispatch.has_ended or not may_accept(OfferState(offer.state), role_is_unfilled=stand.filled < wanted):
        raise StateConflict("somebody has the role, or the offer has ended", state=offer.state)
    if unfit := await why_unfit(tx, offer.id):
        raise NotEligible("you must not be there", state=offer.state, reasons=unfit)
    if OfferState(offer.state) not in LIVE:
        await _refuse_lost_standing(tx, dispatch, offer)
    if offer.acknowledged_at is None:
        offer.acknowledged_at = await tx.now()
    await assign_role(tx, dispatch, offer, wanted)
    await staff_roles(tx, dispatch, cause="accepted")
    return offer


async def decline_offer(tx: Transaction, offer_id: UUID, reason: DeclineReason) -> OfferRow:
    """The next person is asked in the same transaction. Repeating it changes nothing."""
    dispatch, offer = await lock_offer(tx, offer_id)
    if offer.state == OfferState.DECLINED:
        return offer
    if not may_decline(OfferState(offer.state)):
        raise StateConflict("the offer has ended", state=offer.state)
    await settle_offer(tx, dispatch, offer, OfferState.DECLINED, reason)
    await staff_roles(tx, dispatch, cause="declined")
    return offer


def _refuse_relieved(dispatch: Dispatch, offer: OfferRow) -> None:
    """A repeated yes must not sound like "go" to somebody whom the desk has relieved, or whose incident has ended."""
    assignment = next((one for one in dispatch.assignments if one.offer_id == offer.id), None)
    if assignment is not None and assignment.state in _RELIEVED:
        raise StateConflict("you do not have this role any more", state=assignment.state)


async def _refuse_lost_standing(tx: Transaction, dispatch: Dispatch, offer: OfferRow) -> None:
    """Much may have changed since a late yes was asked for; a timely one is judged by the question, and by fitness."""
    found = await standing(tx, dispatch, DispatchRole(offer.role), offer.interrupter_id)
    lost = (LeftOut.INACTIVE,) if found is None else lost_standing(found.candidate, found.need, found.policy)
    if lost:
        raise NotEligible("it is too late for this yes", state=offer.state, reasons=lost)
