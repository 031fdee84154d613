"""Somebody's assignment ends without their doing: they are told, and free. Timers, watch and messages end with it."""

from services.alerts.queries.dispatches import Dispatch
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.dispatching.settle_offer import tell
from services.alerts.usecases.messages.queue_delivery import cancel_offer_deliveries
from services.alerts.usecases.responding.keep_check_ins import end_check_ins
from services.alerts.usecases.responding.watch_arrivals import end_watch
from shared.contracts.events.dispatches import AssignmentStoodDown
from shared.kernel.vocabulary import AssignmentState
from shared.persistence.transaction import Transaction


async def stand_down_assignment(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    """The dispatch is locked; the assignment is active."""
    await end_assignment(tx, assignment, AssignmentState.STOOD_DOWN)
    await tell(tx, dispatch, assignment.interrupter_id, assignment.offer_id, "assignment.stood_down")
    await dispatch.record(tx, AssignmentStoodDown, assignment_id=assignment.id)


async def end_assignment(tx: Transaction, assignment: AssignmentRow, state: AssignmentState) -> None:
    """The caller tells whom it concerns, and records it."""
    assignment.state, assignment.ended_at, assignment.on_scene_by = state, await tx.now(), None
    await end_check_ins(tx, assignment)
    await end_watch(tx, assignment)
    await cancel_offer_deliveries(tx, assignment.offer_id)
