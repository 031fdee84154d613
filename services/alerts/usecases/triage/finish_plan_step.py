"""Mark a step of a response plan as done, once."""

from uuid import UUID

from services.alerts.domain.triage import Recorder, may_finish
from services.alerts.queries.dispatches import lock_dispatch
from services.alerts.queries.triages import concerned_organizations, steps_of, tell_triage
from shared.contracts.events.dispatches import ResponsePlanStepCompleted
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Transaction

_DONE = """
UPDATE plan_steps SET done_at = app_now(), done_by = :by, next_action_at = NULL WHERE id = :id AND done_at IS NULL
"""
_NEXT_VERSION = "UPDATE triages SET version = version + 1 WHERE incident_id = :incident_id"


async def finish_plan_step(tx: Transaction, incident_id: UUID, step_id: UUID, recorder: Recorder) -> None:
    """Repeating it changes nothing. Raises NotFound, in the same words for a step that is not one's concern."""
    dispatch = await lock_dispatch(tx, incident_id)
    step = next((row for row in await steps_of(tx, incident_id) if row["step_id"] == step_id), None)
    if step is None or not may_finish(recorder, step["owner_id"], await concerned_organizations(tx, dispatch)):
        raise NotFound("no such step")
    if await tx.run(_DONE, id=step_id, by=recorder.subject):
        await tx.run(_NEXT_VERSION, incident_id=incident_id)
        await tell_triage(tx, dispatch)
        await dispatch.record(tx, ResponsePlanStepCompleted, step_id=step_id)
