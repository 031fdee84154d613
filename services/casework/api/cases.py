"""`/v1/cases`: opened, listed, read, assigned, offered to somebody else."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.casework.api.callers import Caseworker, Supervisor, caller_of
from services.casework.api.forms import Body, CommunitySlug, Listed
from services.casework.api.handoffs import HandoffView, show_handoff
from services.casework.domain.visibility import Caller, may_see_case, reach_of
from services.casework.queries.cases import CaseFilter, one_case, outline, page_of_cases
from services.casework.usecases.assign_case import assign_case
from services.casework.usecases.open_case import NewCase, open_case
from services.casework.usecases.request_handoff import HandoffRequest, request_handoff
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import CaseState, HandoffReason
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Cursor, Limit, Page, cursor_value, read_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/cases", tags=["cases"], route_class=StrictRoute)


class NewCaseBody(Body):
    participant_id: UUID
    organization_id: UUID
    community: CommunitySlug | None = None


class AssignBody(Body):
    worker_id: UUID


class HandoffBody(Body):
    to_worker_id: UUID
    reason: HandoffReason


class CaseView(BaseModel):
    """`open_handoff` is the one not yet answered; until then the owner is unchanged."""

    case_id: UUID
    participant_id: UUID
    state: CaseState
    community: str | None
    owner_organization: UUID
    owner_worker: UUID | None
    open_handoff: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    version: int


class ListQuery(Body):
    mine: bool = False
    organization: UUID | None = None
    state: CaseState | None = None
    cursor: Cursor = None
    limit: Limit = 50


@router.post("", status_code=201, response_model=CaseView)
async def open_(body: NewCaseBody, principal: Caseworker, once: Idempotent) -> JSONResponse:
    caller = caller_of(principal)

    async def produce(tx: Transaction) -> tuple[int, BaseModel]:
        return 201, await _shown(tx, caller, await open_case(tx, caller, NewCase(**body.model_dump())))

    return await once.run(principal, produce)


@router.get("")
async def list_(query: Annotated[ListQuery, Query()], principal: Caseworker, db: Db, listing: Listed) -> Page[CaseView]:
    caller = caller_of(principal)
    wanted = CaseFilter(query.mine, caller.worker, query.organization, query.state)
    keys = read_cursor(query.cursor, 1)
    after = cursor_value(UUID, keys[0]) if keys else None
    async with db.transaction() as tx:
        rows = await page_of_cases(tx, reach_of(caller), wanted, after=after, limit=query.limit + 1)
    return listing.page(rows, query.limit, CaseView, "case_id")


@router.get("/{case_id}")
async def read(case_id: UUID, principal: Caseworker, db: Db) -> CaseView:
    caller = caller_of(principal)
    async with db.transaction() as tx:
        return await _shown(tx, caller, case_id)


@router.post("/{case_id}/assign")
async def assign(case_id: UUID, body: AssignBody, principal: Supervisor, db: Db) -> CaseView:
    caller = caller_of(principal)
    async with db.transaction() as tx:
        await _shown(tx, caller, case_id)
        await assign_case(tx, caller, case_id, body.worker_id)
        return await _shown(tx, caller, case_id)


@router.post("/{case_id}/handoffs", status_code=201, response_model=HandoffView)
async def request_(case_id: UUID, body: HandoffBody, principal: Caseworker, once: Idempotent) -> JSONResponse:
    caller = caller_of(principal)

    async def produce(tx: Transaction) -> tuple[int, BaseModel]:
        await _shown(tx, caller, case_id)
        asked = HandoffRequest(case_id, body.to_worker_id, body.reason)
        return 201, await show_handoff(tx, caller, await request_handoff(tx, caller, asked))

    return await once.run(principal, produce)


async def _shown(tx: Transaction, caller: Caller, case_id: UUID) -> CaseView:
    """Raises NotFound alike for what is not there and what is not the caller's."""
    row = await one_case(tx, case_id)
    if row is None or not may_see_case(reach_of(caller), outline(row)):
        raise NotFound("There is no such case.")
    return CaseView.model_validate(dict(row))
