"""`/v1/follow-ups`: what must be done after incidents, the most urgent first."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.casework.api.callers import Caseworker, caller_of
from services.casework.api.forms import Body, Listed
from services.casework.queries.follow_ups import FollowUpFilter, one_follow_up, page_of_follow_ups
from services.casework.usecases.complete_follow_up import complete_follow_up
from shared.kernel.vocabulary import IncidentKind
from shared.web.database import Db
from shared.web.pagination import Cursor, Limit, Page, cursor_value, instant, read_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/follow-ups", tags=["follow-ups"], route_class=StrictRoute)


class FollowUpView(BaseModel):
    """`incident_kind` and `community` are the incident's as last known. `occasion`: `first`, or what the incident has
    become, for which it is asked again.
    """

    follow_up_id: UUID
    incident_id: UUID
    incident_kind: IncidentKind
    community: str | None
    kind: str
    occasion: str
    state: Literal["open", "completed", "withdrawn"]
    exercise: bool
    restricted: bool
    overdue: bool
    opened_at: datetime
    due_at: datetime
    settled_at: datetime | None


class ListQuery(Body):
    state: Literal["open", "completed", "withdrawn"] = "open"
    overdue: bool | None = None
    exercise: bool = False
    incident_id: UUID | None = None
    cursor: Cursor = None
    limit: Limit = 50


@router.get("")
async def list_(
    query: Annotated[ListQuery, Query()], principal: Caseworker, db: Db, listing: Listed
) -> Page[FollowUpView]:
    caller = caller_of(principal)
    wanted = FollowUpFilter(query.state, query.overdue, query.exercise, query.incident_id)
    keys = read_cursor(query.cursor, 2)
    after = (cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])) if keys else None
    async with db.transaction() as tx:
        rows = await page_of_follow_ups(tx, caller, wanted, after=after, limit=query.limit + 1)
    return listing.page(rows, query.limit, FollowUpView, "due_at", "follow_up_id")


@router.post("/{follow_up_id}/complete")
async def complete(follow_up_id: UUID, principal: Caseworker, db: Db) -> FollowUpView:
    caller = caller_of(principal)
    async with db.transaction() as tx:
        await complete_follow_up(tx, caller, follow_up_id)
        return FollowUpView.model_validate(dict(await one_follow_up(tx, follow_up_id) or {}))
