"""Incidents, as the office sees them: the newest first, or one with its reports and how the response stands."""

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.incident_views import IncidentListed, IncidentShown, IncidentStateShown, listed, shown
from services.intake.api.parameters import OFFICE, Office, OfficeOrSource
from services.intake.domain.visibility import View, view
from services.intake.queries.incidents import Wanted, read_page, read_reports, read_responses, was_reported_by
from services.intake.tables import IncidentRow
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import IncidentKind, IncidentState
from shared.web.database import Db
from shared.web.pagination import MAX_LIMIT, Page, cursor_value, instant, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])


class ListQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: IncidentState | None = None
    kind: IncidentKind | None = None
    community: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")] | None = None
    queue: Literal["needs_dispatcher"] | None = None
    cursor: Annotated[str, Field(max_length=500)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50

    def address(self) -> str:
        """Of this list without the cursor, for the next page to continue."""
        given = {name: str(value) for name, value in self if value is not None and name != "cursor"}
        return f"/v1/incidents?{urlencode(given)}"


@router.get("/v1/incidents")
async def list_incidents(
    response: Response, _: Office, db: Db, query: Annotated[ListQuery, Query()]
) -> Page[IncidentListed]:
    """Newest first. `queue=needs_dispatcher`: those not decided yet for which somebody may still be paged."""
    wanted = Wanted(query.state, query.kind, query.community, query.queue is not None, _after(query.cursor))
    async with db.transaction() as tx:
        rows = await read_page(tx, wanted, query.limit + 1)
        responses = await read_responses(tx, [row.id for row in rows])
    items = [listed(row, responses.get(row.id)) for row in rows[: query.limit]]
    following = write_cursor(items[-1].opened_at, items[-1].incident_id) if len(rows) > query.limit else None
    link_next(response, query.address(), following)
    return Page(items=items, next=following)


@router.get("/v1/incidents/{incident_id}")
async def show_incident(incident_id: UUID, principal: OfficeOrSource, db: Db) -> IncidentShown | IncidentStateShown:
    """One incident. A source sees the state of those it reported, and nothing of others."""
    async with db.transaction() as tx:
        row = await tx.get(IncidentRow, incident_id)
        reported_it = await was_reported_by(tx, incident_id, principal.subject)
        seen = view(office=principal.has(*OFFICE), reported_it=reported_it)
        if row is None or seen is View.NOTHING:
            raise NotFound("There is no such incident.")
        if seen is View.STATE_ONLY:
            return IncidentStateShown(incident_id=row.id, state=IncidentState(row.state))
        responses = await read_responses(tx, [incident_id])
        return shown(row, responses.get(incident_id), await read_reports(tx, incident_id))


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    keys = read_cursor(cursor, 2)
    if keys is None:
        return None
    return cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])
