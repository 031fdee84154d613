"""What an interrupter's tap does: acknowledge, accept, decline. Late and repeated taps are answered, not guessed at."""

from uuid import UUID

from services.alerts.domain.offers import may_accept, may_acknowledge, may_decline
from services.alerts.programme import policy_of
from services.alerts.queries.dispatches import Dispatch, lock_offer
from services.alerts.tables import AssignmentRow, OfferRow
from services.alerts.usecases.settle_offer import settle_offer
from services.alerts.usecases.staff_roles import staff_roles
from shared.contracts.events.dispatches import OfferAcknowledged
from shared.kernel.errors import StateConflict
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import DeclineReason, DispatchRole, DispatchState, OfferState
from shared.persistence.transaction import Transaction

_ASSIGN = """
INSERT INTO assignments (id, incident_id, offer_id, role, interrupter_id, state, accepted_at)
SELECT :id, :incident_id, :offer_id, :role, :interrupter_id, 'accepted', app_now()
WHERE (SELECT count(*) FROM assignments WHERE incident_id = :incident_id AND role = :role
       AND state IN ('accepted', 'en_route', 'on_scene', 'cleared')) < :wanted
ON CONFLICT (interrupter_id) WHERE state IN ('accepted', 'en_route', 'on_scene') DO NOTHING
RETURNING *
"""
# What else this person was asked is for the engine to withdraw, dispatch by dispatch: locks are never taken crosswise.
_OTHERS_DUE = """
UPDATE offers SET next_action_at = app_now() WHERE id IN (
    SELECT id FROM offers WHERE interrupter_id = :interrupter_id AND id <> :id AND state IN ('open', 'acknowledged')
    FOR UPDATE SKIP LOCKED)
"""


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
    return offer


async def accept_offer(tx: Transaction, offer_id: UUID) -> OfferRow:
    """The first valid yes has the role; the others' offers become `taken` and they are told.

    Raises StateConflict if somebody has the role, the dispatch has ended, or the person has another assignment.
    """
    dispatch, offer = await lock_offer(tx, offer_id)
    if offer.state == OfferState.ACCEPTED:
        return offer
    role, wanted = DispatchRole(offer.role), _wanted(dispatch, offer)
    stand = dispatch.stand(role, wanted)
    ended = dispatch.row.state in {DispatchState.CLOSED, DispatchState.STOOD_DOWN}
    if ended or not may_accept(OfferState(offer.state), role_is_unfilled=stand.filled < wanted):
        raise StateConflict("somebody has the role, or the offer has ended", state=offer.state)
    await _assign(tx, dispatch, offer, wanted)
    if offer.acknowledged_at is None:
        offer.acknowledged_at = await tx.now()
    await settle_offer(tx, dispatch, offer, OfferState.ACCEPTED)
    await tx.run(_OTHERS_DUE, interrupter_id=offer.interrupter_id, id=offer.id)
    if stand.filled + 1 >= wanted:
        await _close_role(tx, dispatch, role)
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


def _wanted(dispatch: Dispatch, offer: OfferRow) -> int:
    policy = policy_of(dispatch.row.policy_name, dispatch.row.policy_version, dispatch.row.policy)
    return policy.roles.get(DispatchRole(offer.role), 0)


async def _assign(tx: Transaction, dispatch: Dispatch, offer: OfferRow, wanted: int) -> None:
    made = await tx.row_or_none(
        _ASSIGN,
        id=new_id(),
        incident_id=offer.incident_id,
        offer_id=offer.id,
        role=offer.role,
        interrupter_id=offer.interrupter_id,
        wanted=wanted,
    )
    if made is None:
        raise StateConflict("this person has another assignment", state=offer.state)
    dispatch.assignments.append(AssignmentRow(**made))


async def _close_role(tx: Transaction, dispatch: Dispatch, role: DispatchRole) -> None:
    for other in dispatch.live_offers(role):
        await settle_offer(tx, dispatch, other, OfferState.TAKEN)
