"""A step of a response plan whose day is over and which nobody has marked as done: its owner's supervisors are told.

Once per step and day that it was put off to; through the quiet hours it waits, as a reminder of a triage does.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from services.alerts.domain.quiet_hours import goes_out_at
from services.alerts.messages import plan_steps_message
from services.alerts.policies import quiet_hours_of
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.queries.endpoints import supervisors_of
from services.alerts.usecases.messages.queue_delivery import Message, queue
from shared.kernel.vocabulary import MayWait
from shared.messaging.alarms import raise_alarm
from shared.persistence.transaction import Transaction

KIND = "plan_step.overdue"
# In no order: one dispatch that cannot be judged must not stand before all others.
_DUE = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM plan_steps WHERE next_action_at <= app_now() ORDER BY next_action_at LIMIT 50
) ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_TAKE = """
UPDATE plan_steps s SET next_action_at = NULL FROM interrupters i
WHERE s.incident_id = :incident_id AND s.next_action_at <= app_now() AND i.id = s.owner_id
RETURNING s.id, i.organization_id
"""
_WAIT = """
UPDATE plan_steps SET next_action_at = :until WHERE incident_id = :incident_id AND next_action_at <= app_now()
"""


async def watch_plan_steps(tx: Transaction) -> bool:
    """The steps of one dispatch; False if there are none that another engine has not taken."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    dispatch, now = await lock_dispatch(tx, due["incident_id"]), await tx.now()
    told_at = goes_out_at(quiet_hours_of(dispatch.row.policy), MayWait.TRIAGE_REMINDER, now)
    if told_at > now:
        await tx.run(_WAIT, incident_id=dispatch.incident_id, until=told_at)
        return True
    steps: dict[UUID, list[UUID]] = defaultdict(list)
    for step in await tx.rows(_TAKE, incident_id=dispatch.incident_id):
        steps[step["organization_id"]].append(step["id"])
    for organization_id, ids in steps.items():
        await _tell(tx, dispatch, organization_id, sorted(ids))
    return True


async def _tell(tx: Transaction, dispatch: Dispatch, organization_id: UUID, steps: Iterable[UUID]) -> None:
    """Where no supervisor has a phone, an alarm says so to the desk."""
    content = plan_steps_message(dispatch.row.incident, steps)
    endpoints = await supervisors_of(tx, organization_id)
    for endpoint_id in endpoints:
        await queue(tx, endpoint_id, Message(KIND, urgent=False, content=content, incident_id=dispatch.incident_id))
    if not endpoints:
        await raise_alarm(tx, service="alerts", alarm="nobody_to_page", subject="plan_step_overdue")
