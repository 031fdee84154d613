"""The steps of a response plan: what the newest record names is kept or added, in its order; the rest is gone.

A step that is kept keeps whether it is done. What older plans said stays with those plans.
"""

from collections.abc import Sequence

from services.alerts.domain.triage import Step
from services.alerts.queries.dispatches import Dispatch
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_DROP = "DELETE FROM plan_steps WHERE incident_id = :incident_id AND NOT id = ANY(CAST(:kept AS uuid[]))"
_KEEP = """
INSERT INTO plan_steps AS s (id, incident_id, place, owner_id, action, due_on)
VALUES (:id, :incident_id, :place, :owner_id, :action, :due_on)
ON CONFLICT (id) DO UPDATE SET place = EXCLUDED.place, owner_id = EXCLUDED.owner_id, action = EXCLUDED.action,
    due_on = EXCLUDED.due_on WHERE s.incident_id = EXCLUDED.incident_id
"""


async def replace_steps(tx: Transaction, dispatch: Dispatch, steps: Sequence[Step]) -> None:
    """The caller has judged them; the dispatch is locked."""
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
        )
