"""Record a triage as held: who took part, what was decided, how likely retaliation is, who does what by when."""

import json
from uuid import UUID

from services.alerts.domain.pages import PageKind
from services.alerts.domain.triage import Known, Meeting, Recorder, may_record, meeting_faults
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.queries.triages import concerned_organizations, known_workers, local_day, tell_triage, triage_of
from services.alerts.usecases.paging.settle_page import clear_page
from services.alerts.usecases.triage.keep_plan_steps import replace_steps
from shared.contracts.events.dispatches import TriageHeld
from shared.kernel.errors import Invalid, NotAllowed, StateConflict
from shared.kernel.response_words import TriageState
from shared.persistence.transaction import Transaction

_HOLD = """
UPDATE triages SET state = 'held', version = version + 1, next_action_at = NULL, held_at = :held_at,
    recorded_at = app_now(), recorded_by = :by, meeting = CAST(:meeting AS jsonb)
WHERE incident_id = :incident_id AND state = 'due'
"""


async def hold_triage(tx: Transaction, incident_id: UUID, meeting: Meeting, recorder: Recorder) -> None:
    """Once. Raises NotFound, NotAllowed, StateConflict, Invalid."""
    dispatch = await lock_dispatch(tx, incident_id)
    triage = await triage_of(tx, incident_id)
    if not may_record(recorder, await concerned_organizations(tx, dispatch)):
        raise NotAllowed("a supervisor concerned with this incident, or the office, records its triage")
    if triage["state"] != TriageState.DUE:
        raise StateConflict("the triage is settled", state=triage["state"])
    await _refuse_faults(tx, dispatch, meeting)
    facts = {"held_at": meeting.held_at, "by": recorder.subject, "meeting": _as_json(meeting)}
    await tx.run(_HOLD, incident_id=incident_id, **facts)
    await replace_steps(tx, dispatch, meeting.next_steps)
    await clear_page(tx, PageKind.TRIAGE_OVERDUE, str(incident_id))
    await tell_triage(tx, dispatch)
    await dispatch.record(tx, TriageHeld)


async def _refuse_faults(tx: Transaction, dispatch: Dispatch, meeting: Meeting) -> None:
    named = [one.worker_id for one in meeting.attended_by if one.worker_id is not None]
    owners = [step.owner_id for step in meeting.next_steps]
    faults = meeting_faults(
        meeting,
        activated_at=dispatch.row.activated_at,
        now=await tx.now(),
        day=await local_day(tx, dispatch, meeting.held_at),
        known=Known(await known_workers(tx, [*named, *owners])),
    )
    if faults:
        raise Invalid(*faults)


def _as_json(meeting: Meeting) -> str:
    attended = [
        {"role": one.role, "worker_id": None if one.worker_id is None else str(one.worker_id)}
        for one in meeting.attended_by
    ]
    return json.dumps({"attended_by": attended, "decisions": meeting.decisions, "risk": vars(meeting.risk)})
