"""`/v1/assignments/{id}/scene-report`: how it is there, in codes."""

import json
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, StrictBool

from services.alerts.api.answering import refuse_strangers
from services.alerts.domain.scene import SceneReport, may_read_report
from services.alerts.queries.dispatches import find_assignment
from services.alerts.queries.offers import who_has_it
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.responding.report_scene import report_scene
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see
from shared.contracts.response_parts import SceneReportPart
from shared.kernel.errors import NotFound
from shared.kernel.response_words import CrowdSize, RetaliationTalk, RumoursControlled, SceneState, ServiceNeeded
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.preconditions import etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/assignments", tags=["assignments"], route_class=StrictRoute)
_READS_ALL = (Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.AUDITOR, Role.ADMIN)
Responder = Annotated[Principal, allow(Role.INTERRUPTER, Role.DISPATCHER, Role.SUPERVISOR)]
Reader = Annotated[Principal, allow(*_READS_ALL, Role.INTERRUPTER)]


class SceneReportIn(BaseModel):
    """What is absent or null is not said. A clear scene ends staging for everybody, a threat begins it. That it is
    clear is said by whoever is on scene alone.
    """

    model_config = ConfigDict(extra="forbid")

    scene: SceneState
    police_on_scene: StrictBool | None = None
    crowd: CrowdSize | None = None
    rumours_controlled: RumoursControlled | None = None
    retaliation_talk: RetaliationTalk | None = None
    weapons_seen: StrictBool | None = None
    de_escalated: StrictBool | None = None
    services_needed: frozenset[ServiceNeeded] = frozenset()

    def report(self) -> SceneReport:
        said = self.model_dump() | {"services_needed": tuple(sorted(self.services_needed))}
        return SceneReport(**said)


class SceneReportOut(SceneReportPart):
    """`number`: how many were sent for this assignment; the ETag's."""

    assignment_id: UUID

    @classmethod
    def of(cls, row: AssignmentRow) -> Self:
        return cls(assignment_id=row.id, **row.scene_report)


@router.put("/{assignment_id}/scene-report", response_model=SceneReportOut)
async def put_report(assignment_id: UUID, body: SceneReportIn, caller: Responder, once: Idempotent) -> JSONResponse:
    """What is seen now. No `If-Match`: an observation replaces no other, all are kept and the newest counts. Without an
    `Idempotency-Key` the same words are a repeat as long as nobody else spoke of the scene.
    """

    async def produce(tx: Transaction) -> tuple[int, SceneReportOut]:
        refuse_strangers(caller, await who_has_it(tx, assignment_id))
        return 200, SceneReportOut.of(await report_scene(tx, assignment_id, body.report(), caller.subject))

    answer = await once.run(caller, produce)
    answer.headers["ETag"] = etag(json.loads(bytes(answer.body))["number"])
    return answer


@router.get("/{assignment_id}/scene-report")
async def read_report(assignment_id: UUID, db: Db, caller: Reader, response: Response) -> SceneReportOut:
    """The newest. Also for whoever was sent to the same incident."""
    async with db.transaction() as tx:
        dispatch, row = await find_assignment(tx, assignment_id)
    sent = [one.interrupter_id for one in dispatch.assignments]
    reads_all = caller.has(*_READS_ALL) and may_see(caller, restricted=dispatch.is_restricted)
    worker = caller.worker if caller.has(Role.INTERRUPTER) else None
    if not row.scene_report or not may_read_report(worker, reads_all=reads_all, sent=sent):
        raise NotFound("no such assignment")
    out = SceneReportOut.of(row)
    response.headers["ETag"] = etag(out.number)
    return out
