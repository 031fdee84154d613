"""End a dispatch because its incident has ended: nobody is asked any more, whoever is on the way is told and free."""

from services.alerts.domain.assignments import ACTIVE
from services.alerts.queries.dispatches import Dispatch
from services.alerts.usecases.keep_check_ins import end_check_ins
from services.alerts.usecases.queue_delivery import cancel_offer_deliveries
from services.alerts.usecases.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.settle_offer import settle_offer, tell
from services.alerts.usecases.settle_page import settle_exhausted_page
from shared.contracts.events.dispatches import AssignmentStoodDown
from shared.kernel.vocabulary import AssignmentState, DispatchState, OfferState
from shared.persistence.transaction import Transaction


async def end_dispatch(tx: Transaction, dispatch: Dispatch, state: DispatchState) -> None:
    """`state`: closed or stood_down. The caller records the dispatch's own event."""
    for offer in dispatch.live_offers():
        await settle_offer(tx, dispatch, offer, OfferState.WITHDRAWN)
    freed = False
    for assignment in dispatch.assignments:
        if AssignmentState(assignment.state) not in ACTIVE:
            continue
        assignment.state, assignment.ended_at, freed = AssignmentState.STOOD_DOWN, await tx.now(), True
        await end_check_ins(tx, assignment)
        await cancel_offer_deliveries(tx, assignment.offer_id)
        await tell(tx, dispatch, assignment.interrupter_id, assignment.offer_id, "assignment.stood_down")
        await dispatch.record(tx, AssignmentStoodDown, assignment_id=assignment.id)
    await settle_exhausted_page(tx, dispatch.incident_id)
    row = dispatch.row
    row.state, row.closed_at, row.reconsider_at = state, await tx.now(), None
    if freed:
        await ask_to_reconsider(tx)
