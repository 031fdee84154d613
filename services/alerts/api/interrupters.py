"""`/v1/interrupters`: who may be asked, where they have standing, and whether they are there now."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from services.alerts.api import conflicts_of_interest, interrupter_record, placements, plans, safety_holds
from services.alerts.api.interrupter_views import (
    InterrupterView,
    PositionKept,
    view_interrupter,
    view_interrupters,
)
from services.alerts.api.paging import ById
from services.alerts.api.places import PlaceBody
from services.alerts.api.profiles import ProfileBody
from services.alerts.api.terms import TermList, communities_of
from services.alerts.api.viewers import viewer_of
from services.alerts.queries.communities import refuse_unknown_communities
from services.alerts.queries.workers import list_interrupters, visible_interrupter
from services.alerts.usecases.duty.change_duty import change_duty
from services.alerts.usecases.workforce.change_licences import change_licences
from services.alerts.usecases.workforce.register_interrupter import NewInterrupter, register_interrupter
from services.alerts.usecases.workforce.report_position import report_position
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.contracts.fields import AreaId, CallSign
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Page
from shared.web.preconditions import IfMatch, etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/interrupters", tags=["interrupters"], route_class=StrictRoute)
router.include_router(conflicts_of_interest.router)
router.include_router(plans.router)
router.include_router(safety_holds.router)
router.include_router(interrupter_record.router)
router.include_router(placements.router)

Registrar = Annotated[Principal, allow(Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]
Reader = Annotated[
    Principal, allow(Role.INTERRUPTER, Role.SUPERVISOR, Role.DISPATCHER, Role.PROGRAM_OFFICE, Role.ADMIN)
]
Locator = Annotated[Principal, allow(Role.INTERRUPTER, Role.DISPATCHER)]
DutyKeeper = Annotated[Principal, allow(Role.INTERRUPTER, Role.SUPERVISOR, Role.DISPATCHER)]


class InterrupterBody(ProfileBody):
    id: UUID | None = None
    organization_id: UUID
    call_sign: CallSign
    roles: frozenset[DispatchRole] = Field(min_length=1)
    team_community: AreaId | None = None
    floater: StrictBool = False
    home: PlaceBody
    licences: TermList = Field(default_factory=list)
    on_duty: StrictBool = False

    def wanted(self) -> NewInterrupter:
        return NewInterrupter(
            id=self.id or new_id(),
            organization_id=self.organization_id,
            call_sign=self.call_sign,
            roles=self.roles,
            team_community=self.team_community,
            floater=self.floater,
            home=self.home.point(),
            licences=tuple(one.term() for one in self.licences),
            on_duty=self.on_duty,
            profile=self.profile(),
        )


class PositionBody(PlaceBody):
    """`at`: when the person was there; now, if it is not said."""

    at: AwareDatetime | None = None


class DutyBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on_duty: StrictBool


@router.post("", status_code=201, response_model=InterrupterView)
async def register(principal: Registrar, body: InterrupterBody, once: Idempotent) -> JSONResponse:
    viewer = viewer_of(principal)

    async def produce(tx: Transaction) -> tuple[int, InterrupterView]:
        said = communities_of(body.licences, "/licences") | {"/team_community": body.team_community}
        await refuse_unknown_communities(tx, said)
        row = await register_interrupter(tx, viewer, body.wanted(), principal.subject)
        return 201, await view_interrupter(tx, row, viewer)

    return await once.run(principal, produce)


@router.get("")
async def list_(principal: Reader, db: Db, paging: ById, response: Response) -> Page[InterrupterView]:
    viewer = viewer_of(principal)
    async with db.transaction() as tx:
        rows = await list_interrupters(tx, viewer, after=paging.after, limit=paging.fetch)
        views = await view_interrupters(tx, rows, viewer)
    return paging.page(response, [row.id for row in rows], views)


@router.get("/{interrupter_id}")
async def show(principal: Reader, db: Db, interrupter_id: UUID, response: Response) -> InterrupterView:
    viewer = viewer_of(principal)
    async with db.transaction() as tx:
        row = await visible_interrupter(tx, viewer, interrupter_id)
        response.headers["ETag"] = etag(row.version)
        return await view_interrupter(tx, row, viewer)


@router.put("/{interrupter_id}/location")
async def put_location(principal: Locator, db: Db, interrupter_id: UUID, body: PositionBody) -> PositionKept:
    async with db.transaction() as tx:
        kept = await report_position(tx, viewer_of(principal), interrupter_id, body.point(), body.at)
    return PositionKept(kept=kept)


@router.put("/{interrupter_id}/duty")
async def put_duty(principal: DutyKeeper, db: Db, interrupter_id: UUID, body: DutyBody) -> InterrupterView:
    viewer = viewer_of(principal)
    async with db.transaction() as tx:
        row = await change_duty(tx, viewer, interrupter_id, on_duty=body.on_duty)
        return await view_interrupter(tx, row, viewer)


@router.put("/{interrupter_id}/licences")
async def put_licences(
    principal: Registrar,
    db: Db,
    interrupter_id: UUID,
    body: TermList,
    if_match: IfMatch,
    response: Response,
) -> InterrupterView:
    """Replaces them as a whole."""
    viewer = viewer_of(principal)
    async with db.transaction() as tx:
        await refuse_unknown_communities(tx, communities_of(body))
        terms = [one.term() for one in body]
        row = await change_licences(tx, viewer, interrupter_id, terms, if_match.check, principal.subject)
        response.headers["ETag"] = etag(row.version)
        return await view_interrupter(tx, row, viewer)
