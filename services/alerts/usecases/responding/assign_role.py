"""Give somebody a role: the assignment, the end of the offer it comes of, and of the offers that it makes void.

The one way an assignment ever begins, whoever decided it. The database refuses a second active assignment of one person
and one more than the role's quota. Real work ends the practice that the person is at.
"""

from services.alerts.queries.dispatches import Dispatch
from services.alerts.tables import ASSIGNMENT, AssignmentRow, OfferRow
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.responding.end_practice import end_practice_of
from shared.kernel.errors import NotEligible
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import DispatchRole, LeftOut, OfferState
from shared.persistence.transaction import Transaction

_ASSIGN = """
INSERT INTO assignments (id, incident_id, offer_id, role, interrupter_id, state, accepted_at, on_scene_by,
                         exercise)
SELECT :id, :incident_id, :offer_id, :role, :interrupter_id, 'accepted', app_now(),
       app_now() + CAST(:on_scene_within AS interval), :exercise
WHERE (SELECT count(*) FROM assignments WHERE incident_id = :incident_id AND role = :role
       AND state IN ('accepted', 'en_route', 'on_scene', 'cleared')) < :wanted
  AND NOT (:exercise AND EXISTS (SELECT FROM assignments WHERE interrupter_id = :interrupter_id
                                 AND state IN ('accepted', 'en_route', 'on_scene') AND NOT exercise))
ON CONFLICT (interrupter_id, exercise) WHERE state IN ('accepted', 'en_route', 'on_scene') DO NOTHING
RETURNING *
"""
# What else this person was asked is for the engine to withdraw, dispatch by dispatch: locks are never taken crosswise.
# A drill takes nobody from a real question.
_OTHERS_DUE = """
UPDATE offers SET next_action_at = app_now() WHERE id IN (
    SELECT id FROM offers
    WHERE interrupter_id = :interrupter_id AND incident_id <> :incident_id AND state IN ('open', 'acknowledged')
      AND exercise >= :exercise
    FOR UPDATE SKIP LOCKED)
"""


async def assign_role(tx: Transaction, dispatch: Dispatch, offer: OfferRow, wanted: int) -> AssignmentRow:
    """The dispatch is locked; the caller has decided that this person may have the role, and lets it be staffed after.

    Raises NotEligible if the person has another assignment.
    """
    made = await tx.row_or_none(
        _ASSIGN,
        id=new_id(),
        incident_id=offer.incident_id,
        offer_id=offer.id,
        role=offer.role,
        interrupter_id=offer.interrupter_id,
        wanted=wanted,
        on_scene_within=dispatch.policy.on_scene_within,
        exercise=dispatch.is_exercise,
    )
    if made is None:
        raise NotEligible("this person has another assignment", state=offer.state, reasons=(LeftOut.COMMITTED,))
    assignment = dispatch.add_assignment(tx, ASSIGNMENT.read(made))
    if offer.state != OfferState.ACCEPTED:
        await settle_offer(tx, dispatch, offer, OfferState.ACCEPTED)
    await _end_void_offers(tx, dispatch, offer, wanted)
    if not dispatch.is_exercise:
        await end_practice_of(tx, offer.interrupter_id)
    return assignment


async def _end_void_offers(tx: Transaction, dispatch: Dispatch, taken: OfferRow, wanted: int) -> None:
    await tx.run(
        _OTHERS_DUE,
        interrupter_id=taken.interrupter_id,
        incident_id=taken.incident_id,
        exercise=dispatch.is_exercise,
    )
    for other in dispatch.live_offers():
        if other.interrupter_id == taken.interrupter_id:
            await settle_offer(tx, dispatch, other, OfferState.WITHDRAWN, told=False)
    role = DispatchRole(taken.role)
    if dispatch.stand(role, wanted).filled >= wanted:
        for other in dispatch.live_offers(role):
            await settle_offer(tx, dispatch, other, OfferState.TAKEN)
