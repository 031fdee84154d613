"""What time does to triages: their supervisors are reminded before one is due, and paged when nobody held it."""

from services.alerts.domain.pages import PageKind
from services.alerts.domain.triage import Overdue, Remind, Wait, judge
from services.alerts.messages import triage_message
from services.alerts.policies import quiet_hours_of
from services.alerts.queries.dispatches import Dispatch, announce_change, lock_dispatch
from services.alerts.queries.triages import triage_of
from services.alerts.usecases.messages.queue_delivery import Message, queue
from services.alerts.usecases.paging.open_page import NewPage, page_people
from services.alerts.usecases.paging.send_page import recipients
from shared.kernel.vocabulary import EscalationTarget
from shared.messaging.alarms import raise_alarm
from shared.persistence.transaction import Transaction

# A meeting is not arranged within minutes.
_REPEAT_S = 3600
# In no order: one dispatch that cannot be judged must not stand before all others.
_DUE = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM triages WHERE next_action_at <= app_now() ORDER BY next_action_at LIMIT 50
) ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_NEXT = """
UPDATE triages SET next_action_at = :next_at, reminded_at = CASE WHEN :reminded THEN app_now() ELSE reminded_at END
WHERE incident_id = :incident_id
"""


async def watch_triages(tx: Transaction) -> bool:
    """One triage that is due for something; False if there is none that another engine has not taken."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    dispatch = await lock_dispatch(tx, due["incident_id"])
    triage = await triage_of(tx, dispatch.incident_id)
    if triage["next_action_at"] is None:  # it was settled while the lock was waited for
        return True
    remind_at = triage["next_action_at"] if triage["reminded_at"] is None else None
    quiet = quiet_hours_of(dispatch.row.policy)
    match judge(triage["due_at"], await tx.now(), remind_at=remind_at, quiet=quiet):
        case Remind(next_at):
            await tx.run(_NEXT, incident_id=dispatch.incident_id, next_at=next_at, reminded=True)
            announce_change(tx, dispatch.incident_id, "triage.reminded")
            await _remind(tx, dispatch)
        case Overdue():
            await tx.run(_NEXT, incident_id=dispatch.incident_id, next_at=None, reminded=False)
            announce_change(tx, dispatch.incident_id, "triage.overdue")
            await _page(tx, dispatch)
        case Wait(until):
            await tx.run(_NEXT, incident_id=dispatch.incident_id, next_at=until, reminded=False)
    return True


async def _remind(tx: Transaction, dispatch: Dispatch) -> None:
    """Where no supervisor can be reached, the page that follows shows it."""
    content = triage_message(dispatch.row.incident, due_at=dispatch.row.triage["due_at"])
    message = Message("triage.due_soon", urgent=False, content=content, incident_id=dispatch.incident_id)
    about = {"community": dispatch.row.community, "time_zone": dispatch.row.policy["time_zone"]}
    for endpoint_id in await recipients(tx, about, audience=EscalationTarget.SUPERVISOR):
        await queue(tx, endpoint_id, message)


async def _page(tx: Transaction, dispatch: Dispatch) -> None:
    """The supervisors alone; where none can be paged, an alarm says so to the desk."""
    subject, incident_id = str(dispatch.incident_id), dispatch.incident_id
    page = NewPage(PageKind.TRIAGE_OVERDUE, subject, _REPEAT_S, incident_id, audience=EscalationTarget.SUPERVISOR)
    if not await page_people(tx, page):
        await raise_alarm(tx, service="alerts", alarm="nobody_to_page", subject=PageKind.TRIAGE_OVERDUE)
