"""`GET /v1/dispatches`: the board. Exercises are among the lines, marked, unless the caller leaves them out."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.alerts.queries.board import Wanted, dispatch_page
from services.alerts.queries.board_lines import DispatchLine
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see
from shared.contracts.fields import AreaId
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.vocabulary import DispatchState
from shared.web.database import Db
from shared.web.pagination import Cursor, Limit, Page, cursor_value, instant, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/dispatches", tags=["dispatches"], route_class=StrictRoute)
Desk = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.AUDITOR, Role.ADMIN)]
States = Annotated[list[DispatchState] | None, Query(max_length=len(DispatchState))]


def own_organization(principal: Principal) -> UUID:
    """Whose lines are the caller's own. Raises Invalid."""
    if principal.organization is None or not principal.has(Role.SUPERVISOR):
        raise Invalid(FieldError("#query/mine", "is for a supervisor of an organization"))
    return principal.organization


async def _wanted(
    principal: Desk,
    state: States = None,
    community: Annotated[AreaId | None, Query()] = None,
    exercise: Annotated[bool | None, Query()] = None,
    mine: Annotated[bool, Query()] = False,
) -> Wanted:
    """`mine`: a supervisor's own lines. `exercise`: only drills, or none of them."""
    sees, own = may_see(principal, restricted=True), own_organization(principal) if mine else None
    return Wanted(sees, tuple(state or ()), community, exercise, own)


Asked = Annotated[Wanted, Depends(_wanted)]


@router.get("")
async def list_dispatches(
    db: Db, wanted: Asked, response: Response, cursor: Cursor = None, limit: Limit = 50
) -> Page[DispatchLine]:
    """Newest first. `state` may be given several times."""
    keys = read_cursor(cursor, 2)
    behind = (cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])) if keys else None
    async with db.transaction() as tx:
        lines = await dispatch_page(tx, wanted, behind=behind, limit=limit + 1)
    items = lines[:limit]
    following = write_cursor(items[-1].opened_at.isoformat(), items[-1].incident_id) if len(lines) > limit else None
    link_next(response, f"/v1/dispatches?{_query(wanted, limit)}", following)
    return Page(items=items, next=following)


def _query(wanted: Wanted, limit: int) -> str:
    """The filters as they were given, so that the next page keeps them."""
    filters = {
        "limit": limit,
        "state": [state.value for state in wanted.states],
        "community": wanted.community,
        "exercise": None if wanted.exercise is None else str(wanted.exercise).lower(),
        "mine": "true" if wanted.concerning else None,
    }
    return urlencode({name: value for name, value in filters.items() if value is not None}, doseq=True)
