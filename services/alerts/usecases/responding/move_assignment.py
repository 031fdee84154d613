"""En route, on scene, cleared: what the responder reports. A cleared person is free for the next incident;
who was never there gives the role back by it.
"""

from uuid import UUID

from services.alerts.domain.assignments import Already, GivenBack, Moved, Refused, move
from services.alerts.queries.dispatches import Dispatch, lock_assignment
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.responding.give_back_role import open_again
from services.alerts.usecases.responding.keep_check_ins import end_check_ins, note_sign_of_life, restart_check_ins
from services.alerts.usecases.responding.watch_arrivals import end_watch
from services.alerts.usecases.workforce.weigh_exposure import weigh_exposure
from shared.contracts.dispatch_event import AssignmentEvent
from shared.contracts.events.dispatches import (
    AssignmentCleared,
    AssignmentEnRoute,
    AssignmentOnScene,
)
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import AssignmentState
from shared.persistence.transaction import Transaction

_EVENTS: dict[AssignmentState, type[AssignmentEvent]] = {
    AssignmentState.EN_ROUTE: AssignmentEnRoute,
    AssignmentState.ON_SCENE: AssignmentOnScene,
    AssignmentState.CLEARED: AssignmentCleared,
}
_TIMES = {
    AssignmentState.EN_ROUTE: "en_route_at",
    AssignmentState.ON_SCENE: "on_scene_at",
    AssignmentState.CLEARED: "ended_at",
}
_CLEARED = "UPDATE interrupters SET last_cleared_at = app_now() WHERE id = :id"


async def move_assignment(tx: Transaction, assignment_id: UUID, to: AssignmentState) -> AssignmentRow:
    """Repeating a step changes nothing, but is a sign of life of who is on scene; going back is refused with the
    present state.
    """
    dispatch, assignment = await lock_assignment(tx, assignment_id)
    match move(AssignmentState(assignment.state), to, given_back=assignment.given_back):
        case Refused(state):
            raise StateConflict("the assignment cannot go there from where it is", state=state)
        case Already() if to is AssignmentState.ON_SCENE:
            await note_sign_of_life(tx, dispatch, assignment)
        case GivenBack():
            await open_again(tx, dispatch, assignment)
        case Moved(state):
            assignment.state = state
            setattr(assignment, _TIMES[state], await tx.now())
            if state is not AssignmentState.EN_ROUTE:
                assignment.on_scene_by = None
            await _keep_check_ins(tx, dispatch, assignment)
            await end_watch(tx, assignment)
            await dispatch.record(tx, _EVENTS[state], assignment_id=assignment.id)
            await _follow(tx, dispatch, assignment)
    return assignment


async def _keep_check_ins(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    if assignment.state == AssignmentState.ON_SCENE:
        await restart_check_ins(tx, dispatch, assignment)
    elif assignment.state == AssignmentState.CLEARED:
        await end_check_ins(tx, assignment)


async def _follow(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    """Whoever comes from a drill rests no more than before."""
    if assignment.state == AssignmentState.ON_SCENE:
        await weigh_exposure(tx, dispatch, assignment.interrupter_id)
    elif assignment.state == AssignmentState.CLEARED:
        if not dispatch.is_exercise:
            await tx.run(_CLEARED, id=assignment.interrupter_id)
        await ask_to_reconsider(tx)
