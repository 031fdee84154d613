"""What time does to a dispatch that nobody has: the next step of its escalation, or back from whoever leads it.

Rows and the database's clock alone: each step is taken once, under the dispatch's lock, however many engines look.
"""

from services.alerts.domain.escalation import at_step, due
from services.alerts.domain.pages import PageKind
from services.alerts.domain.policy import Step
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.usecases.dispatching.hand_back import ask_on
from services.alerts.usecases.dispatching.keep_escalation import page_subject
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.paging.open_page import NewPage, page_people
from shared.contracts.dispatch_steps import DispatchEscalated
from shared.kernel.vocabulary import EscalationTarget
from shared.persistence.transaction import Transaction

# In no order: one dispatch that cannot be judged must not stand before all others.
_DUE = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM dispatches WHERE escalate_at <= app_now() ORDER BY escalate_at LIMIT 50
) AND escalate_at <= app_now() ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def escalate_dispatch(tx: Transaction) -> bool:
    """One dispatch; False if there is none that another engine has not taken."""
    found = await tx.row_or_none(_DUE)
    if found is None:
        return False
    dispatch = await lock_dispatch(tx, found["incident_id"])
    row, now = dispatch.row, await tx.now()
    if row.taken_over_at is not None:
        await ask_on(tx, dispatch, reason=None, desk=None)
        return True
    since = row.wanted_since or now
    step = due(dispatch.policy, row.escalation_step, since, now)
    while step is not None and not await _take(tx, dispatch, step) and row.wanted_since is not None:
        # Nobody is there to be asked or told: the next step is taken at once, never waited for.
        steps = dispatch.policy.escalation
        step = steps[row.escalation_step] if row.escalation_step < len(steps) else None
    if row.wanted_since is not None:
        row.escalate_at = at_step(dispatch.policy, row.escalation_step, since)
    return True


async def _take(tx: Transaction, dispatch: Dispatch, step: Step) -> bool:
    """False if it has reached nobody."""
    row = dispatch.row
    row.escalation_step += 1
    row.escalate_at = None
    await note_action(tx, dispatch.incident_id, "escalate", reason=step.to)
    await dispatch.record(tx, DispatchEscalated, step=row.escalation_step, to=step.to)
    if step.to is EscalationTarget.NEXT_TIER:
        asked = len(dispatch.offers)
        await staff_roles(tx, dispatch, cause="escalated")
        return len(dispatch.offers) > asked
    repeat_s = int(dispatch.policy.page_repeat.total_seconds())
    subject = page_subject(dispatch, step.to)
    return await page_people(tx, NewPage(PageKind.ESCALATED, subject, repeat_s, dispatch.incident_id, audience=step.to))
