"""`GET /v1/readiness`: could an incident be answered now, community by community, and in the days ahead?

A supervisor sees the communities that the own organization covers, with everybody there counted, and of people the own
ones alone. Floaters have standing nowhere in particular: they fill no gap of a community, and are asked all the same.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.alerts.api.readiness_views import CommunityReadiness, Present, Shown
from services.alerts.api.viewers import viewer_of
from services.alerts.domain.shifts import Span
from services.alerts.queries.reachability import phones_of
from services.alerts.queries.ready import left_out_now
from services.alerts.queries.rosters import (
    Member,
    covered_communities,
    ids_of,
    roster_of,
    team_without_licence,
    watched_by,
)
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.pagination import Cursor, Page, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/readiness", tags=["readiness"], route_class=StrictRoute)
Desk = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]
AT_A_TIME = 25


@router.get("")
async def show(
    db: Db,
    caller: Desk,
    response: Response,
    days: Annotated[int, Query(ge=1, le=14)] = 3,
    cursor: Cursor = None,
) -> Page[CommunityReadiness]:
    """Covered communities by id. `days`: how far ahead gaps are looked for."""
    keys, viewer = read_cursor(cursor, 1), viewer_of(caller)
    scope = {"everything": viewer.sees_everything, "supervised": viewer.supervises, "after": keys[0] if keys else None}
    async with db.transaction() as tx:
        now, watch = await tx.now(), await watched_by(tx)
        zone = watch.zone
        window = Span(now, now + timedelta(days=days))
        day = now.astimezone(zone).date()
        found = await covered_communities(tx, day=day, limit=AT_A_TIME + 1, **scope)
        items = []
        for community in found[:AT_A_TIME]:
            roster = await roster_of(tx, community["area_id"], zone, window)
            unlicensed = await team_without_licence(tx, community["area_id"], zone, window)
            there = [member for member in roster.members if member.row["on_duty"]]
            present, without = [await _judged(tx, community["area_id"], those) for those in (there, unlicensed)]
            shown = Shown(viewer, window, roster, present, without)
            items.append(shown.community(community, watch.wanted))
    following = write_cursor(items[-1].community) if len(found) > AT_A_TIME else None
    link_next(response, f"/v1/readiness?days={days}", following)
    return Page(items=items, next=following)


async def _judged(tx: Transaction, community: str, there: Sequence[Member]) -> list[Present]:
    phones, reasons = await phones_of(tx, ids_of(there)), await left_out_now(tx, community, ids_of(there))
    return [Present(one, phones[one.row["id"]], reasons.get(one.row["id"], {})) for one in there]
