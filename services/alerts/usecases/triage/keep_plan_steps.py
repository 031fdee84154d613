"""The steps of a response plan: what the newest record names is kept or added, in its order; the rest is gone.

A step that is kept keeps whether it is done, and that it was told of as overdue, unless it is put off or given to
somebody else. What older plans said stays with those plans.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from services.alerts.domain.triage import Step, step_overdue_at
from services.alerts.policies import quiet_hours_of
from services.alerts.queries.dispatches import Dispatch
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_DROP = "DELETE FROM plan_steps WHERE incident_id = :incident_id AND NOT id = ANY(CAST(:kept AS uuid[]))"
_KEEP = """
INSERT INTO plan_steps AS s (id, incident_id, place, owner_id, action, due_on, next_action_at)
VALUES (:id, :incident_id, :place, :owner_id, :action, :due_on, :next_at)
ON CONFLICT (id) DO UPDATE SET place = EXCLUDED.place, owner_id = EXCLUDED.owner_id, action = EXCLUDED.action,
    due_on = EXCLUDED.due_on, next_action_at = CASE
        WHEN (s.owner_id, s.due_on) = (EXCLUDED.owner_id, EXCLUDED.due_on) THEN s.next_action_at
        WHEN s.done_at IS NULL THEN EXCLUDED.next_action_at END
WHERE s.incident_id = EXCLUDED.incident_id
"""


async def replace_steps(tx: Transaction, dispatch: Dispatch, steps: Sequence[Step]) -> None:
    """The caller has judged them; the dispatch is locked. An exercise's steps call nobody."""
    policy, exercise = dispatch.row.policy, dispatch.row.incident["exercise"]
    zone, quiet = ZoneInfo(policy["time_zone"]), quiet_hours_of(policy)
    kept = [step.step_id for step in steps if step.step_id is not None]
    await tx.run(_DROP, incident_id=dispatch.incident_id, kept=kept)
    for place, step in enumerate(steps):
        await tx.run(
            _KEEP,
            id=step.step_id or new_id(),
            incident_id=dispatch.incident_id,
            place=place,
            owner_id=step.owner_id,
            action=step.action,
            due_on=step.due_on,
            next_at=None if exercise else step_overdue_at(step.due_on, zone, quiet),
        )
