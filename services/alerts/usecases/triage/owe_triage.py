"""A triage is owed after an activation, and not any more when the incident turns out to be none.

An exercise has one too, marked; nobody is reminded of it or paged about it, and it is never counted.
"""

from datetime import datetime, timedelta

from services.alerts.domain.pages import PageKind
from services.alerts.domain.triage import Owed, TriageTimes, owed
from services.alerts.policies import quiet_hours_of
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.triages import tell_triage
from services.alerts.responder_terms import responder_terms_of
from services.alerts.usecases.paging.settle_page import clear_page
from shared.contracts.events.dispatches import TriageWithdrawn
from shared.contracts.response_parts import TriagePart
from shared.kernel.response_words import TriageState
from shared.persistence.transaction import Transaction

# Where a policy of before names no target.
_A_DAY_S = 86_400
_OWE = """
INSERT INTO triages (incident_id, version, state, exercise, due_at, next_action_at)
VALUES (:incident_id, 1, 'due', :exercise, :due_at, :next_at)
"""
_AGAIN = """
UPDATE triages SET state = 'due', version = version + 1, due_at = :due_at, reminded_at = NULL,
    next_action_at = CASE WHEN exercise THEN NULL ELSE CAST(:next_at AS timestamptz) END
WHERE incident_id = :incident_id AND state = 'withdrawn'
"""
_WITHDRAW = """
UPDATE triages SET state = 'withdrawn', version = version + 1, next_action_at = NULL
WHERE incident_id = :incident_id AND state = 'due'
"""


async def owe_triage(tx: Transaction, dispatch: Dispatch) -> None:
    """As the dispatch opens. The caller records the event."""
    found = _owed(dispatch, dispatch.row.activated_at, await tx.now())
    if found is None:
        return
    exercise = dispatch.row.incident["exercise"]
    next_at = None if exercise else found.next_at
    await tx.run(_OWE, incident_id=dispatch.incident_id, exercise=exercise, due_at=found.due_at, next_at=next_at)
    part = TriagePart(state=TriageState.DUE, due_at=found.due_at)
    dispatch.row.triage = part.model_dump(mode="json", exclude_none=True)


async def owe_triage_again(tx: Transaction, dispatch: Dispatch) -> bool:
    """After its incident came back, counted from now. False if it was never withdrawn. The caller records the event."""
    now = await tx.now()
    found = _owed(dispatch, now, now)
    if found is None:
        return False
    if not await tx.run(_AGAIN, incident_id=dispatch.incident_id, due_at=found.due_at, next_at=found.next_at):
        return False
    await tell_triage(tx, dispatch)
    return True


def _owed(dispatch: Dispatch, since: datetime, at: datetime) -> Owed | None:
    within = timedelta(seconds=dispatch.policy.targets.get("triage_s", _A_DAY_S))
    times = TriageTimes(within, responder_terms_of(dispatch.row.policy).triage_remind_before)
    return owed(since, at, times, quiet_hours_of(dispatch.row.policy))


async def withdraw_triage(tx: Transaction, dispatch: Dispatch) -> None:
    """One that was held stays: it was. Repeating it changes nothing."""
    if await tx.run(_WITHDRAW, incident_id=dispatch.incident_id):
        await clear_page(tx, PageKind.TRIAGE_OVERDUE, str(dispatch.incident_id))
        await tell_triage(tx, dispatch)
        await dispatch.record(tx, TriageWithdrawn)
