"""What time does to people on scene who are not heard of: they are asked for a sign of life, then the desk is paged.

One dispatch per transaction, several engines at once; state, message and page are written together.
"""

from services.alerts.domain.check_ins import Ask, Miss, judge
from services.alerts.domain.pages import PageKind
from services.alerts.messages import check_in_message
from services.alerts.queries.dispatches import Dispatch, announce_change, lock_dispatch
from services.alerts.responder_terms import ResponderTerms, responder_terms_of
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.messages.queue_delivery import Message, queue_for_interrupter
from services.alerts.usecases.paging.open_page import open_page
from shared.contracts.events.dispatches import AssignmentCheckInMissed
from shared.kernel.response_words import CheckInState
from shared.persistence.transaction import Transaction

# In no order: one dispatch that cannot be judged must not stand before all others.
_DUE = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM assignments WHERE check_in_next_at <= app_now() ORDER BY check_in_next_at LIMIT 50
) ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_MISSED = """
INSERT INTO missed_check_ins (assignment_id, missed_at, due_at, asked_at)
VALUES (:assignment_id, app_now(), :due_at, :asked_at)
"""


async def watch_check_ins(tx: Transaction) -> bool:
    """One dispatch with somebody due; False if there is none that another engine has not taken."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    dispatch = await lock_dispatch(tx, due["incident_id"])
    terms = responder_terms_of(dispatch.row.policy)
    for assignment in dispatch.assignments:
        if assignment.check_in_state is not None:
            await _judge(tx, dispatch, assignment, terms)
    return True


async def _judge(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow, terms: ResponderTerms) -> None:
    state = CheckInState(str(assignment.check_in_state))
    match judge(state, assignment.check_in_next_at, await tx.now(), terms.check_in):
        case Ask(missed_at):
            assignment.check_in_state, assignment.check_in_next_at = CheckInState.WARNED, missed_at
            announce_change(tx, dispatch.incident_id, "check_in.asked")
            await _ask(tx, dispatch, assignment)
        case Miss():
            asked_at = (assignment.check_in_next_at or await tx.now()) - terms.check_in.missed
            assignment.check_in_state, assignment.check_in_next_at = CheckInState.MISSED, None
            assignment.check_ins_missed += 1
            due_at = assignment.check_in_due_at
            await tx.run(_MISSED, assignment_id=assignment.id, due_at=due_at, asked_at=asked_at)
            await dispatch.record(tx, AssignmentCheckInMissed, assignment_id=assignment.id, due_at=due_at)
            await _page(tx, dispatch, assignment, terms)


async def _ask(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    """Their own phone. If it does not take the message, the page a few minutes later is what follows."""
    content = check_in_message(
        dispatch.row.incident,
        offer_id=assignment.offer_id,
        assignment_id=assignment.id,
        due_at=assignment.check_in_due_at,
        missed_at=assignment.check_in_next_at,
    )
    message = Message(
        "check_in.due", urgent=True, content=content, incident_id=dispatch.incident_id, offer_id=assignment.offer_id
    )
    await queue_for_interrupter(tx, assignment.interrupter_id, message)


async def _page(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow, terms: ResponderTerms) -> None:
    await open_page(
        tx,
        kind=PageKind.WELFARE,
        subject=str(assignment.id),
        repeat_s=terms.page_repeat_s,
        incident_id=dispatch.incident_id,
        about=assignment.interrupter_id,
    )
