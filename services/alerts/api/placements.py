"""`/v1/interrupters/{id}/placement`: whose somebody is, in which team, floating or not; changed by the office alone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, StrictBool

from services.alerts.api.interrupter_views import InterrupterView, view_interrupter
from services.alerts.api.places import PlaceBody
from services.alerts.api.viewers import viewer_of
from services.alerts.domain.workforce import Placement, PlacementReason
from services.alerts.queries.communities import refuse_unknown_communities
from services.alerts.queries.placements import placement_changes
from services.alerts.queries.workers import visible_interrupter
from services.alerts.usecases.workforce.change_placement import change_placement
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.contracts.fields import AreaId
from shared.web.database import Db
from shared.web.preconditions import IfMatch, etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/{interrupter_id}/placement", route_class=StrictRoute)

Office = Annotated[Principal, allow(Role.PROGRAM_OFFICE, Role.ADMIN)]
Reader = Annotated[Principal, allow(Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]


class PlacementBody(BaseModel):
    """`home` absent or null: as it was."""

    model_config = ConfigDict(extra="forbid")

    organization_id: UUID
    team_community: AreaId | None = None
    floater: StrictBool = False
    home: PlaceBody | None = None
    reason: PlacementReason

    def wanted(self) -> Placement:
        home = self.home.point() if self.home else None
        return Placement(self.organization_id, self.team_community, self.floater, home)


class PlacementChangeView(BaseModel):
    """What it was, and became. Of the home base only whether it changed."""

    was_organization_id: UUID
    was_team_community: str | None
    was_floater: bool
    organization_id: UUID
    team_community: str | None
    floater: bool
    home_changed: bool
    reason: PlacementReason
    by: str
    at: datetime


class PlacementView(BaseModel):
    """`changes`: the last 200, newest first."""

    organization_id: UUID
    team_community: str | None
    floater: bool
    changes: list[PlacementChangeView]


@router.put("")
async def put_placement(
    principal: Office, db: Db, interrupter_id: UUID, body: PlacementBody, if_match: IfMatch, response: Response
) -> InterrupterView:
    """Replaces it as a whole. Licences, hours, rest and exposure stay."""
    async with db.transaction() as tx:
        await refuse_unknown_communities(tx, {"/team_community": body.team_community})
        wanted, why = body.wanted(), (body.reason, principal.subject)
        row = await change_placement(tx, interrupter_id, wanted, if_match.check, why)
        response.headers["ETag"] = etag(row.version)
        return await view_interrupter(tx, row, viewer_of(principal))


@router.get("")
async def show_placement(principal: Reader, db: Db, interrupter_id: UUID) -> PlacementView:
    """With what changed, why and by whom."""
    async with db.transaction() as tx:
        row = await visible_interrupter(tx, viewer_of(principal), interrupter_id)
        changes = await placement_changes(tx, row.id)
    return PlacementView(
        organization_id=row.organization_id,
        team_community=row.team_community,
        floater=row.floater,
        changes=[PlacementChangeView(**change) for change in changes],
    )
