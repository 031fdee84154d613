"""Incidents, as the office sees them: the newest first, or one with its reports and how the response stands."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.intake.api.incident_query import ListQuery
from services.intake.api.incident_views import IncidentListed, IncidentShown, IncidentStateShown, listed, shown
from services.intake.api.parameters import OFFICE, InForceNow, Office, OfficeOrSource
from services.intake.domain.visibility import View, view
from services.intake.queries.incident_pages import read_page
from services.intake.queries.incidents import NO_SUCH_INCIDENT, read_reports, read_responses, was_reported_by
from services.intake.queries.possible_duplicates import read_alike
from services.intake.tables import IncidentRow
from shared.auth.restricted import may_see
from shared.kernel.errors import NotFound
from shared.kernel.geo import Point
from shared.kernel.vocabulary import IncidentState
from shared.web.database import Db
from shared.web.pagination import Page, link_next, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])


@router.get("/v1/incidents")
async def list_incidents(
    response: Response, principal: Office, db: Db, query: Annotated[ListQuery, Query()]
) -> Page[IncidentListed]:
    """Newest first. `queue`: those that wait for a person, as `GET /v1/queues` counts them."""
    wanted = query.wanted(restricted=may_see(principal, restricted=True))
    async with db.transaction() as tx:
        rows = await read_page(tx, wanted, query.limit + 1)
        responses = await read_responses(tx, [row.id for row in rows])
    items = [listed(row, responses.get(row.id)) for row in rows[: query.limit]]
    following = write_cursor(items[-1].opened_at, items[-1].incident_id) if len(rows) > query.limit else None
    link_next(response, query.address(), following)
    return Page(items=items, next=following)


@router.get("/v1/incidents/{incident_id}")
async def show_incident(
    incident_id: UUID, principal: OfficeOrSource, db: Db, in_force: InForceNow
) -> IncidentShown | IncidentStateShown:
    """One incident. A source sees the state of those it reported, and nothing of others."""
    restricted = may_see(principal, restricted=True)
    async with db.transaction() as tx:
        row = await tx.get(IncidentRow, incident_id)
        if row is None:
            raise NotFound(NO_SUCH_INCIDENT)
        seen = view(
            office=principal.has(*OFFICE),
            reported_it=await was_reported_by(tx, incident_id, principal.subject),
            kept_from_them=row.restricted and not restricted,
        )
        if seen is View.NOTHING:
            raise NotFound(NO_SUCH_INCIDENT)
        if seen is View.STATE_ONLY:
            return IncidentStateShown(incident_id=row.id, state=IncidentState(row.state))
        responses = await read_responses(tx, [incident_id])
        alike = await read_alike(tx, incident_id, restricted=restricted)
        pairs = [(one, await read_reports(tx, one.incident_id, restricted=restricted)) for one in alike]
        reports = await read_reports(tx, incident_id, restricted=restricted)
    nearest = None if row.community else in_force.nearest_community(Point(row.lat, row.lon), row.occurred_at)
    return shown(row, responses.get(incident_id), reports, pairs, nearest)
