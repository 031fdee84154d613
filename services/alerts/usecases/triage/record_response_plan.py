"""Record the response plan: how likely retaliation is held to be now, and who does what by when. Each is a version."""

import json
from collections.abc import Callable
from uuid import UUID

from services.alerts.domain.triage import Known, Plan, Recorder, may_record, step_faults
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.queries.triages import (
    concerned_organizations,
    known_workers,
    local_day,
    steps_of,
    tell_triage,
    triage_of,
)
from services.alerts.usecases.triage.keep_plan_steps import replace_steps
from shared.contracts.events.dispatches import ResponsePlanRecorded
from shared.kernel.errors import Invalid, NotAllowed, StateConflict
from shared.kernel.response_words import TriageState
from shared.persistence.transaction import Transaction

_RECORD = """
INSERT INTO response_plans (incident_id, number, recorded_at, recorded_by, risk, steps)
SELECT :incident_id, coalesce(max(number), 0) + 1, app_now(), :by, CAST(:risk AS jsonb),
       coalesce((SELECT jsonb_agg(jsonb_build_object('step_id', id, 'owner_id', owner_id, 'action', action,
                                                     'due_on', due_on, 'done_at', done_at) ORDER BY place)
                 FROM plan_steps WHERE incident_id = :incident_id), '[]')
FROM response_plans WHERE incident_id = :incident_id
"""
_NEXT_VERSION = "UPDATE triages SET version = version + 1 WHERE incident_id = :incident_id"


async def record_response_plan(
    tx: Transaction, incident_id: UUID, plan: Plan, recorder: Recorder, check: Callable[[int], None]
) -> None:
    """`check` is given the version that is to be replaced. Raises NotFound, NotAllowed, StateConflict, Invalid."""
    dispatch = await lock_dispatch(tx, incident_id)
    triage = await triage_of(tx, incident_id)
    if not may_record(recorder, await concerned_organizations(tx, dispatch)):
        raise NotAllowed("a supervisor concerned with this incident, or the office, records its plan")
    if triage["state"] != TriageState.HELD:
        raise StateConflict("a plan comes of a triage that was held", state=triage["state"])
    check(triage["version"])
    await _refuse_faults(tx, dispatch, plan)
    await replace_steps(tx, dispatch, plan.steps)
    await tx.run(_RECORD, incident_id=incident_id, by=recorder.subject, risk=json.dumps(vars(plan.risk)))
    await tx.run(_NEXT_VERSION, incident_id=incident_id)
    await tell_triage(tx, dispatch)
    await dispatch.record(tx, ResponsePlanRecorded)


async def _refuse_faults(tx: Transaction, dispatch: Dispatch, plan: Plan) -> None:
    known = Known(
        await known_workers(tx, [step.owner_id for step in plan.steps]),
        frozenset(row["step_id"] for row in await steps_of(tx, dispatch.incident_id)),
    )
    today = await local_day(tx, dispatch, await tx.now())
    if faults := step_faults(plan.steps, "/steps", first_day=today, known=known):
        raise Invalid(*faults)
