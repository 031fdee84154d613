"""I cannot go: whoever has a role and was never on scene gives it back. It is open again at once, and others are asked.

The desk sees it on the board and in the explanation, and is paged as ever where nobody is left. Whoever gave it back is
asked no more for this role of this incident, as after a no, and rests no more than before.
"""

from uuid import UUID

from services.alerts.domain.assignments import GivenBack, Refused, give_back
from services.alerts.queries.dispatches import Dispatch, lock_assignment
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.responding.stand_down_assignment import end_assignment
from shared.contracts.dispatch_steps import AssignmentGivenBack
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import AssignmentState
from shared.persistence.transaction import Transaction


async def give_back_role(tx: Transaction, assignment_id: UUID) -> AssignmentRow:
    """Repeating it changes nothing. Raises NotFound, and StateConflict for somebody who was there or is relieved."""
    dispatch, assignment = await lock_assignment(tx, assignment_id)
    match give_back(AssignmentState(assignment.state), given_back=assignment.given_back):
        case Refused(state):
            raise StateConflict("only somebody who is not there yet gives a role back", state=state)
        case GivenBack():
            await open_again(tx, dispatch, assignment)
    return assignment


async def open_again(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    """The dispatch is locked; the assignment is of somebody on the way."""
    await end_assignment(tx, assignment, AssignmentState.STOOD_DOWN)
    assignment.given_back = True
    await note_action(tx, dispatch.incident_id, "give_back", about=(assignment.offer_id, None))
    await dispatch.record(tx, AssignmentGivenBack, assignment_id=assignment.id)
    await ask_to_reconsider(tx)
    await staff_roles(tx, dispatch, cause="given_back")
