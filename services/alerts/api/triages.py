"""Triages and response plans: what is owed a day after an activation, what was decided, and who does what."""

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from services.alerts.api.triage_bodies import PlanIn, TriageIn, TriageLine, TriageOut
from services.alerts.domain.triage import Recorder, may_read
from services.alerts.queries.dispatches import Dispatch, find_dispatch
from services.alerts.queries.triage_queue import Asked, triage_queue
from services.alerts.queries.triages import triage_of, triage_part
from services.alerts.usecases.triage.finish_plan_step import finish_plan_step
from services.alerts.usecases.triage.hold_triage import hold_triage
from services.alerts.usecases.triage.record_response_plan import record_response_plan
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Cursor, Limit, Page, cursor_value, instant, link_next, read_cursor, write_cursor
from shared.web.preconditions import IfMatch, etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1", tags=["triages"], route_class=StrictRoute)
_READS_ALL = (Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.AUDITOR, Role.ADMIN)
Desk = Annotated[Principal, allow(*_READS_ALL)]
Reader = Annotated[Principal, allow(*_READS_ALL, Role.INTERRUPTER)]
Records = Annotated[Principal, allow(Role.SUPERVISOR, Role.PROGRAM_OFFICE)]
Finishes = Annotated[Principal, allow(Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.INTERRUPTER)]


async def _asked(
    caller: Desk,
    state: Annotated[Literal["overdue", "due", "held", "withdrawn"] | None, Query()] = None,
    exercise: Annotated[bool, Query()] = False,
) -> Asked:
    return Asked(state, exercise=exercise, restricted=may_see(caller, restricted=True))


@router.get("/triages")
async def list_triages(
    db: Db, asked: Annotated[Asked, Depends(_asked)], response: Response, cursor: Cursor = None, limit: Limit = 50
) -> Page[TriageLine]:
    """Without `state` all that are not withdrawn, the newest first; else the most urgent first. `due`: in time still.
    Exercises are asked for by themselves.
    """
    keys = read_cursor(cursor, 2)
    behind = (cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])) if keys else None
    async with db.transaction() as tx:
        rows = await triage_queue(tx, asked, behind=behind, limit=limit + 1)
    items = [TriageLine(**row) for row in rows[:limit]]
    following = write_cursor(items[-1].due_at.isoformat(), items[-1].incident_id) if len(rows) > limit else None
    filters = urlencode({"limit": limit, "exercise": asked.exercise} | ({"state": asked.state} if asked.state else {}))
    link_next(response, f"/v1/triages?{filters}", following)
    return Page(items=items, next=following)


@router.get("/dispatches/{incident_id}/triage")
async def read_triage(incident_id: UUID, db: Db, caller: Reader, response: Response) -> TriageOut:
    """With the plan and its steps. Also for whoever was sent, took part or has something to do."""
    async with db.transaction() as tx:
        out = await _present(tx, incident_id)
        dispatch = await find_dispatch(tx, incident_id)
        assert dispatch is not None  # a triage is owed for a dispatch
        reads_all = caller.has(*_READS_ALL) and may_see(caller, restricted=dispatch.is_restricted)
        if not may_read(_recorder(caller), reads_all=reads_all, involved=_involved(dispatch, out)):
            raise NotFound("no triage is owed for this incident")
    response.headers["ETag"] = etag(out.version)
    return out


@router.post("/dispatches/{incident_id}/triage", status_code=201, response_model=TriageOut)
async def hold(incident_id: UUID, body: TriageIn, caller: Records, once: Idempotent) -> JSONResponse:
    """It was held. 409 with its state if that is recorded already."""

    async def produce(tx: Transaction) -> tuple[int, TriageOut]:
        await hold_triage(tx, incident_id, body.meeting(), _recorder(caller))
        return 201, await _present(tx, incident_id)

    return await once.run(caller, produce)


@router.put("/dispatches/{incident_id}/response-plan")
async def record_plan(
    incident_id: UUID, body: PlanIn, caller: Records, db: Db, if_match: IfMatch, response: Response
) -> TriageOut:
    """Replaces the plan as a whole; `If-Match` is the triage's ETag. Each one recorded is kept."""
    async with db.transaction() as tx:
        await record_response_plan(tx, incident_id, body.plan(), _recorder(caller), if_match.check)
        out = await _present(tx, incident_id)
    response.headers["ETag"] = etag(out.version)
    return out


@router.post("/dispatches/{incident_id}/response-plan/steps/{step_id}/done")
async def finish(incident_id: UUID, step_id: UUID, caller: Finishes, db: Db, response: Response) -> TriageOut:
    """For whoever has to do it, and for those who record the plan."""
    async with db.transaction() as tx:
        await finish_plan_step(tx, incident_id, step_id, _recorder(caller))
        out = await _present(tx, incident_id)
    response.headers["ETag"] = etag(out.version)
    return out


def _recorder(caller: Principal) -> Recorder:
    return Recorder(
        caller.subject,
        is_office=caller.has(Role.PROGRAM_OFFICE),
        supervises=caller.organization if caller.has(Role.SUPERVISOR) else None,
        worker=caller.worker if caller.has(Role.INTERRUPTER) else None,
    )


async def _present(tx: Transaction, incident_id: UUID) -> TriageOut:
    return TriageOut.of(await triage_of(tx, incident_id), await triage_part(tx, incident_id))


def _involved(dispatch: Dispatch, triage: TriageOut) -> frozenset[UUID]:
    sent = [one.interrupter_id for one in dispatch.assignments]
    took_part = [one.worker_id for one in triage.attended_by if one.worker_id is not None]
    return frozenset((*sent, *took_part, *(step.owner_id for step in triage.steps)))
