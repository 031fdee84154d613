"""When the incident is another than it was: who is asked for, or on the way to, what is not wanted any more is told.

Whoever is at the scene already stays: that person sees what is so, and clears.
"""

from services.alerts.domain.assignments import ON_THE_WAY
from services.alerts.queries.dispatches import Dispatch
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.dispatching.settle_offer import settle_offer, tell
from services.alerts.usecases.messages.queue_delivery import cancel_offer_deliveries
from services.alerts.usecases.responding.watch_arrivals import end_watch
from shared.contracts.events.dispatches import AssignmentStoodDown
from shared.kernel.vocabulary import AssignmentState, DispatchRole, OfferState
from shared.persistence.transaction import Transaction


async def withdraw_unwanted(tx: Transaction, dispatch: Dispatch) -> None:
    """The dispatch is locked. Repeating it changes nothing. The caller lets the roles be staffed after."""
    roles = dispatch.policy.roles
    for offer in dispatch.live_offers():
        role = DispatchRole(offer.role)
        if role not in roles:
            await settle_offer(tx, dispatch, offer, OfferState.WITHDRAWN)
        elif dispatch.stand(role, roles[role]).filled >= roles[role]:
            await settle_offer(tx, dispatch, offer, OfferState.TAKEN)
    unwanted = [one for one in dispatch.assignments if one.role not in roles and one.state in ON_THE_WAY]
    for assignment in unwanted:
        await _stand_down(tx, dispatch, assignment)
    if unwanted:
        await ask_to_reconsider(tx)


async def _stand_down(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    assignment.state, assignment.ended_at, assignment.on_scene_by = AssignmentState.STOOD_DOWN, await tx.now(), None
    await end_watch(tx, assignment)
    await cancel_offer_deliveries(tx, assignment.offer_id)
    await tell(tx, dispatch, assignment.interrupter_id, assignment.offer_id, "assignment.stood_down")
    await dispatch.record(tx, AssignmentStoodDown, assignment_id=assignment.id)
