"""Dispatches: what is being done about an incident, and why it was done so."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.alerts.queries.board import dispatch_page
from services.alerts.queries.dispatches import find_dispatch
from services.alerts.queries.explain import Explanation, explain
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.contracts.events.dispatches import DispatchSnapshot
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import DispatchState
from shared.web.database import Db
from shared.web.pagination import Cursor, Limit, Page, cursor_value, instant, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/dispatches", tags=["dispatches"], route_class=StrictRoute)
Desk = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.AUDITOR, Role.ADMIN)]


class DispatchLine(BaseModel):
    """`next_action_at`: when the clock does something next, if nobody answers before."""

    incident_id: UUID
    state: DispatchState
    community: str | None
    kind: str
    activated_at: datetime
    opened_at: datetime
    exercise: bool
    next_action_at: datetime | None


@router.get("")
async def list_dispatches(
    db: Db,
    _: Desk,
    response: Response,
    state: Annotated[DispatchState | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DispatchLine]:
    """Newest first."""
    keys = read_cursor(cursor, 2)
    behind = (cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])) if keys else None
    async with db.transaction() as tx:
        rows = await dispatch_page(tx, state=state, behind=behind, limit=limit + 1)
    items = [DispatchLine(**row) for row in rows[:limit]]
    following = write_cursor(items[-1].opened_at.isoformat(), items[-1].incident_id) if len(rows) > limit else None
    filters = {"limit": limit} | ({"state": state.value} if state is not None else {})
    link_next(response, f"/v1/dispatches?{urlencode(filters)}", following)
    return Page(items=items, next=following)


@router.get("/{incident_id}")
async def read_dispatch(incident_id: UUID, db: Db, _: Desk) -> DispatchSnapshot:
    """The dispatch with its offers and assignments, as its last event carried it."""
    async with db.transaction() as tx:
        dispatch = await find_dispatch(tx, incident_id)
        if dispatch is None:
            raise NotFound("no dispatch for this incident")
        return dispatch.snapshot()


@router.get("/{incident_id}/explain")
async def explain_dispatch(incident_id: UUID, db: Db, _: Desk) -> Explanation:
    """Each decision with everyone considered: who was asked in what order, and why the others were not."""
    async with db.transaction() as tx:
        dispatch = await find_dispatch(tx, incident_id)
        if dispatch is None:
            raise NotFound("no dispatch for this incident")
        return await explain(tx, dispatch)
