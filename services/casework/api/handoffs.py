"""`/v1/handoffs`: what is asked of me, and my answer."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.casework.api.callers import Caseworker, caller_of
from services.casework.api.forms import Body, Listed
from services.casework.domain.visibility import Caller, may_see_handoff
from services.casework.queries.handoffs import Asked, one_handoff, outline, page_of_handoffs
from services.casework.usecases.accept_handoff import accept_handoff
from services.casework.usecases.reject_handoff import reject_handoff
from services.casework.usecases.revoke_handoff import revoke_handoff
from shared.kernel.errors import NotAllowed, NotFound
from shared.kernel.vocabulary import HandoffReason, HandoffRejection, HandoffState
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.pagination import Cursor, Limit, Page, cursor_value, read_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/handoffs", tags=["handoffs"], route_class=StrictRoute)


class RejectBody(Body):
    reason: HandoffRejection


class HandoffView(BaseModel):
    """`reason` is why it was asked, `rejection` why it was not taken."""

    handoff_id: UUID
    case_id: UUID
    state: HandoffState
    reason: HandoffReason
    rejection: HandoffRejection | None
    from_worker: UUID
    from_organization: UUID
    to_worker: UUID
    to_organization: UUID
    requested_at: datetime
    settled_at: datetime | None


class ListQuery(Body):
    """`to`: asked of the caller, or (for a supervisor) of anybody in the caller's organization."""

    to: Literal["me", "organization"] = "me"
    state: HandoffState | None = HandoffState.REQUESTED
    cursor: Cursor = None
    limit: Limit = 50


@router.get("")
async def list_(
    query: Annotated[ListQuery, Query()], principal: Caseworker, db: Db, listing: Listed
) -> Page[HandoffView]:
    caller = caller_of(principal)
    asked = Asked(caller.worker, _organization_asked(caller, query.to), query.state)
    keys = read_cursor(query.cursor, 1)
    after = cursor_value(_number, keys[0]) if keys else None
    async with db.transaction() as tx:
        rows = await page_of_handoffs(tx, asked, after=after, limit=query.limit + 1)
    return listing.page(rows, query.limit, HandoffView, "number")


@router.get("/{handoff_id}")
async def read(handoff_id: UUID, principal: Caseworker, db: Db) -> HandoffView:
    caller = caller_of(principal)
    async with db.transaction() as tx:
        return await show_handoff(tx, caller, handoff_id)


@router.post("/{handoff_id}/accept")
async def accept(handoff_id: UUID, principal: Caseworker, db: Db) -> HandoffView:
    caller = caller_of(principal)
    async with db.transaction() as tx:
        await accept_handoff(tx, caller, handoff_id)
        return await show_handoff(tx, caller, handoff_id)


@router.post("/{handoff_id}/reject")
async def reject(handoff_id: UUID, body: RejectBody, principal: Caseworker, db: Db) -> HandoffView:
    caller = caller_of(principal)
    async with db.transaction() as tx:
        await reject_handoff(tx, caller, handoff_id, body.reason)
        return await show_handoff(tx, caller, handoff_id)


@router.post("/{handoff_id}/revoke")
async def revoke(handoff_id: UUID, principal: Caseworker, db: Db) -> HandoffView:
    caller = caller_of(principal)
    async with db.transaction() as tx:
        await revoke_handoff(tx, caller, handoff_id)
        return await show_handoff(tx, caller, handoff_id)


async def show_handoff(tx: Transaction, caller: Caller, handoff_id: UUID) -> HandoffView:
    """Raises NotFound alike for what is not there and what is not the caller's."""
    row = await one_handoff(tx, handoff_id)
    if row is None or not may_see_handoff(caller, outline(row)):
        raise NotFound("There is no such handoff.")
    return HandoffView.model_validate(dict(row))


def _organization_asked(caller: Caller, to: str) -> UUID | None:
    if to == "me":
        return None
    if not caller.is_supervisor:
        raise NotAllowed("Only a supervisor lists what is asked of others.")
    return caller.organization


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError("outside the numbers of this list")
    return number
