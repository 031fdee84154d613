"""The check-in timer of an assignment: begins on scene, is set back by every sign of life, ends with the assignment.

The dispatch is locked. Whoever ends an assignment ends its timer here: the database refuses one that goes on.
"""

from services.alerts.domain.check_ins import begin
from services.alerts.domain.pages import PageKind
from services.alerts.queries.dispatches import Dispatch
from services.alerts.responder_terms import responder_terms_of
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.paging.settle_page import clear_page
from shared.contracts.events.dispatches import AssignmentCheckedIn
from shared.kernel.response_words import CheckInState
from shared.persistence.transaction import Transaction

_CANCEL = """
UPDATE deliveries SET state = 'cancelled', next_attempt_at = NULL, settled_at = clock_timestamp()
WHERE offer_id = :offer_id AND kind = 'check_in.due' AND state IN ('pending', 'retry_scheduled')
"""
_FOUND = "UPDATE missed_check_ins SET ended_at = app_now() WHERE assignment_id = :id AND ended_at IS NULL"


async def restart_check_ins(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    """A sign of life of somebody on scene: the page about them, if there is one, is over."""
    await _call_off(tx, assignment, assignment.check_in_state)
    now = await tx.now()
    begun = begin(now, responder_terms_of(dispatch.row.policy).check_in)
    assignment.check_in_state, assignment.last_sign_at = CheckInState.DUE, now
    assignment.check_in_due_at, assignment.check_in_next_at = begun.due_at, begun.next_at


async def note_sign_of_life(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    await restart_check_ins(tx, dispatch, assignment)
    await dispatch.record(tx, AssignmentCheckedIn, assignment_id=assignment.id)


async def end_check_ins(tx: Transaction, assignment: AssignmentRow) -> None:
    """Of an assignment whose state says already that it has ended."""
    was = assignment.check_in_state
    assignment.check_in_state = assignment.check_in_due_at = assignment.check_in_next_at = None
    await _call_off(tx, assignment, was)


async def _call_off(tx: Transaction, assignment: AssignmentRow, state: str | None) -> None:
    if state in {CheckInState.WARNED, CheckInState.MISSED}:
        await tx.run(_CANCEL, offer_id=assignment.offer_id)
    if state == CheckInState.MISSED:
        await tx.run(_FOUND, id=assignment.id)
        await clear_page(tx, PageKind.WELFARE, str(assignment.id))
