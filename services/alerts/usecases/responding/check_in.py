"""I am well: somebody on scene, or a dispatcher or supervisor who has just heard of them, says so."""

from uuid import UUID

from services.alerts.queries.dispatches import lock_assignment
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.responding.keep_check_ins import note_sign_of_life
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import AssignmentState
from shared.persistence.transaction import Transaction


async def check_in(tx: Transaction, assignment_id: UUID) -> AssignmentRow:
    """Raises NotFound, and StateConflict with the assignment's state if they are not on scene."""
    dispatch, assignment = await lock_assignment(tx, assignment_id)
    if assignment.state != AssignmentState.ON_SCENE:
        raise StateConflict("only somebody on scene checks in", state=assignment.state)
    await note_sign_of_life(tx, dispatch, assignment)
    return assignment
