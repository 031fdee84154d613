"""`/v1/interrupters/{id}/roles`, `/profile`, `/deactivate`, `/reactivate`, and `/licences` with who granted them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.alerts.api.interrupter_views import InterrupterView, view_interrupter
from services.alerts.api.profiles import ProfileBody
from services.alerts.api.terms import TermBody
from services.alerts.api.viewers import viewer_of
from services.alerts.queries.licences import granted_licences, licence_changes
from services.alerts.queries.workers import visible_interrupter
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.workforce.change_activity import deactivate_interrupter, reactivate_interrupter
from services.alerts.usecases.workforce.change_record import change_profile, change_roles
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.preconditions import IfMatch, etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/{interrupter_id}", route_class=StrictRoute)

Registrar = Annotated[Principal, allow(Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]


class RolesBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    roles: frozenset[DispatchRole] = Field(min_length=1)


class GrantedView(TermBody):
    """`granted_by` null: granted before that was kept."""

    granted_by: str | None
    granted_at: datetime | None


class LicenceChangeView(TermBody):
    change: Literal["granted", "withdrawn"]
    by: str
    at: datetime


class LicencesView(BaseModel):
    """`changes`: the last 200, newest first."""

    licences: list[GrantedView]
    changes: list[LicenceChangeView]


@router.put("/roles")
async def put_roles(
    principal: Registrar, db: Db, interrupter_id: UUID, body: RolesBody, if_match: IfMatch, response: Response
) -> InterrupterView:
    async with db.transaction() as tx:
        row = await change_roles(tx, viewer_of(principal), interrupter_id, body.roles, if_match.check)
        return await _shown(tx, row, principal, response)


@router.put("/profile")
async def put_profile(
    principal: Registrar, db: Db, interrupter_id: UUID, body: ProfileBody, if_match: IfMatch, response: Response
) -> InterrupterView:
    async with db.transaction() as tx:
        row = await change_profile(tx, viewer_of(principal), interrupter_id, body.profile(), if_match.check)
        return await _shown(tx, row, principal, response)


@router.post("/deactivate")
async def deactivate(
    principal: Registrar, db: Db, interrupter_id: UUID, if_match: IfMatch, response: Response
) -> InterrupterView:
    """Somebody leaves. 409 while they have an assignment."""
    async with db.transaction() as tx:
        row = await deactivate_interrupter(tx, viewer_of(principal), interrupter_id, if_match.check)
        return await _shown(tx, row, principal, response)


@router.post("/reactivate")
async def reactivate(
    principal: Registrar, db: Db, interrupter_id: UUID, if_match: IfMatch, response: Response
) -> InterrupterView:
    async with db.transaction() as tx:
        row = await reactivate_interrupter(tx, viewer_of(principal), interrupter_id, if_match.check)
        return await _shown(tx, row, principal, response)


@router.get("/licences")
async def show_licences(principal: Registrar, db: Db, interrupter_id: UUID) -> LicencesView:
    """With who granted them, and what changed."""
    async with db.transaction() as tx:
        row = await visible_interrupter(tx, viewer_of(principal), interrupter_id)
        granted = await granted_licences(tx, row.id)
        changes = await licence_changes(tx, row.id)
    return LicencesView(
        licences=[GrantedView(**row) for row in granted], changes=[LicenceChangeView(**row) for row in changes]
    )


async def _shown(tx: Transaction, row: InterrupterRow, principal: Principal, response: Response) -> InterrupterView:
    response.headers["ETag"] = etag(row.version)
    return await view_interrupter(tx, row, viewer_of(principal))
