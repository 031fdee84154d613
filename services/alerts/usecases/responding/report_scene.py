"""Somebody there, or the dispatcher on the phone with them, says how the scene is.

Every report is kept, the newest counts. The same words again are one report, unless somebody spoke in between.
"""

import json
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from services.alerts.domain.scene import SceneReport, is_repeat, may_report, may_say, threat_by_report
from services.alerts.queries.dispatches import Dispatch, lock_assignment
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.responding.change_staging import change_staging
from services.alerts.usecases.responding.keep_check_ins import restart_check_ins
from shared.contracts.events.dispatches import AssignmentSceneReported
from shared.contracts.response_parts import SceneReportPart
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import AssignmentState, DispatchRole
from shared.persistence.transaction import Transaction

_KEEP = """
INSERT INTO scene_reports (assignment_id, number, reported_at, reported_by, report)
VALUES (:assignment_id, :number, app_now(), :by, CAST(:report AS jsonb))
"""
_AS_SENT: TypeAdapter[SceneReport] = TypeAdapter(SceneReport)


async def report_scene(tx: Transaction, assignment_id: UUID, report: SceneReport, by: str) -> AssignmentRow:
    """A repeat changes nothing, and is a sign of life all the same. Raises NotFound, StateConflict."""
    dispatch, assignment = await lock_assignment(tx, assignment_id)
    state = AssignmentState(assignment.state)
    if not may_report(state):
        raise StateConflict("you do not have this role any more", state=state)
    if state is AssignmentState.ON_SCENE:
        await restart_check_ins(tx, dispatch, assignment)
    said: dict[str, Any] = _AS_SENT.dump_python(report, mode="json", exclude_none=True)
    newest = {name: value for name, value in assignment.scene_report.items() if name not in {"number", "reported_at"}}
    if is_repeat(said, newest, spoke_last=dispatch.row.scene_said_by == assignment.id):
        return assignment
    if not may_say(state, report.scene):
        raise StateConflict("only whoever is on scene can say that it is clear", state=state)
    dispatch.row.scene_said_by = assignment.id
    await _keep(tx, dispatch, assignment, said, by)
    threat = threat_by_report(dispatch.row.incident["active_threat"], report.scene, DispatchRole(assignment.role))
    await change_staging(tx, dispatch, active_threat=threat, told_by=assignment.id)
    return assignment


async def _keep(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow, said: dict[str, Any], by: str) -> None:
    number = assignment.scene_report.get("number", 0) + 1
    part = SceneReportPart(number=number, reported_at=await tx.now(), **said)
    assignment.scene_report = part.model_dump(mode="json", exclude_none=True)
    await tx.run(_KEEP, assignment_id=assignment.id, number=number, by=by, report=json.dumps(said))
    await dispatch.record(tx, AssignmentSceneReported, assignment_id=assignment.id)
