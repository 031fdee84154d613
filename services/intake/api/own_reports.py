"""`GET /v1/reports`: what became of what the caller reported: the state of its incident, and nothing of any person."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.api.parameters import OwnReader
from services.intake.queries.reports import list_own_reports, read_own_report
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import IncidentState, ScreenedOutReason
from shared.web.database import Db
from shared.web.pagination import MAX_LIMIT, Page, cursor_value, instant, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["reports"])

_BEFORE_ALL = (datetime(2000, 1, 1, tzinfo=UTC), UUID(int=0))


class OwnReport(BaseModel):
    """`incident_id`: the incident that it supports now, after whatever was merged and split."""

    report_id: UUID
    source_ref: str | None
    received_at: datetime
    incident_id: UUID
    state: IncidentState
    screened_out_reason: ScreenedOutReason | None


class ListQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: Annotated[AwareDatetime, Field(ge=_BEFORE_ALL[0])] | None = None
    cursor: Annotated[str, Field(max_length=500)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50

    def after(self) -> tuple[datetime, UUID]:
        keys = read_cursor(self.cursor, 2)
        if keys is not None:
            return cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])
        return _BEFORE_ALL if self.since is None else (self.since, _BEFORE_ALL[1])


@router.get("/v1/reports")
async def list_reports(
    response: Response, principal: OwnReader, db: Db, query: Annotated[ListQuery, Query()]
) -> Page[OwnReport]:
    """The caller's own, in the order in which they came in; `since`: from then on."""
    async with db.transaction() as tx:
        rows = await list_own_reports(tx, principal.subject, query.after(), query.limit + 1)
    items = [OwnReport.model_validate(dict(row)) for row in rows[: query.limit]]
    following = write_cursor(items[-1].received_at, items[-1].report_id) if len(rows) > query.limit else None
    link_next(response, f"/v1/reports?{urlencode({'limit': query.limit})}", following)
    return Page(items=items, next=following)


@router.get("/v1/reports/{report_id}")
async def show_report(report_id: UUID, principal: OwnReader, db: Db) -> OwnReport:
    """One of the caller's own; another's is as unknown as one that does not exist."""
    async with db.transaction() as tx:
        row = await read_own_report(tx, principal.subject, report_id)
    if row is None:
        raise NotFound("There is no such report of yours.")
    return OwnReport.model_validate(dict(row))
