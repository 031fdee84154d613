"""`/v1/organizations`: contractors and what they cover. Written by the programme office alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from services.alerts.api.paging import ById
from services.alerts.api.terms import TermBody, TermList, communities_of
from services.alerts.api.viewers import viewer_of
from services.alerts.domain.organizations import NewOrganization
from services.alerts.domain.terms import Term
from services.alerts.domain.visibility import sees_organization
from services.alerts.queries.communities import refuse_unknown_communities
from services.alerts.queries.organizations import coverage_of, list_organizations
from services.alerts.tables import OrganizationRow
from services.alerts.usecases.workforce.change_coverage import change_coverage
from services.alerts.usecases.workforce.register_organization import register_organization
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Page
from shared.web.preconditions import IfMatch, etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/organizations", tags=["organizations"], route_class=StrictRoute)

Office = Annotated[Principal, allow(Role.PROGRAM_OFFICE, Role.ADMIN)]
Reader = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]


class OrganizationBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    name: str = Field(pattern=r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]{0,118}[^\x00-\x20\x7f])?$")
    subcontractor_of: UUID | None = None
    coverage: TermList = []

    def wanted(self) -> NewOrganization:
        terms = tuple(one.term() for one in self.coverage)
        return NewOrganization(self.id or new_id(), self.name, self.subcontractor_of, terms)


class OrganizationView(BaseModel):
    id: UUID
    version: int
    name: str
    subcontractor_of: UUID | None
    coverage: list[TermBody]

    @classmethod
    def of(cls, row: OrganizationRow, coverage: tuple[Term, ...]) -> "OrganizationView":
        return cls(
            id=row.id,
            version=row.version,
            name=row.name,
            subcontractor_of=row.subcontractor_of,
            coverage=[TermBody.of(term) for term in coverage],
        )


async def _view(tx: Transaction, row: OrganizationRow) -> OrganizationView:
    return OrganizationView.of(row, (await coverage_of(tx, [row.id]))[row.id])


@router.post("", status_code=201, response_model=OrganizationView)
async def register(principal: Office, body: OrganizationBody, once: Idempotent) -> JSONResponse:
    async def produce(tx: Transaction) -> tuple[int, OrganizationView]:
        await refuse_unknown_communities(tx, communities_of(body.coverage, "/coverage"))
        return 201, await _view(tx, await register_organization(tx, body.wanted()))

    return await once.run(principal, produce)


@router.get("")
async def list_(principal: Reader, db: Db, paging: ById, response: Response) -> Page[OrganizationView]:
    async with db.transaction() as tx:
        rows = await list_organizations(tx, viewer_of(principal), after=paging.after, limit=paging.fetch)
        coverage = await coverage_of(tx, [row.id for row in rows])
    views = [OrganizationView.of(row, coverage[row.id]) for row in rows]
    return paging.page(response, [row.id for row in rows], views)


@router.get("/{organization_id}")
async def show(principal: Reader, db: Db, organization_id: UUID, response: Response) -> OrganizationView:
    async with db.transaction() as tx:
        row = await tx.get(OrganizationRow, organization_id)
        if row is None or not sees_organization(viewer_of(principal), row.id):
            raise NotFound("no such organization")
        response.headers["ETag"] = etag(row.version)
        return await _view(tx, row)


@router.put("/{organization_id}/coverage")
async def put_coverage(
    principal: Office,  # noqa: ARG001 - the guard is the whole rule here
    db: Db,
    organization_id: UUID,
    body: TermList,
    if_match: IfMatch,
    response: Response,
) -> OrganizationView:
    """Replaces it as a whole."""
    async with db.transaction() as tx:
        await refuse_unknown_communities(tx, communities_of(body))
        terms = [one.term() for one in body]
        row, _ = await change_coverage(tx, organization_id, terms, precondition=if_match.check)
        response.headers["ETag"] = etag(row.version)
        return await _view(tx, row)
