"""`/v1/interrupters/{id}/conflicts-of-interest`: written and read by the organization's supervisors alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.alerts.api.paging import ById
from services.alerts.api.viewers import viewer_of
from services.alerts.domain.workforce import ConflictReason, Exclusion
from services.alerts.queries.communities import refuse_unknown_communities
from services.alerts.queries.conflicts_of_interest import list_conflicts_of_interest
from services.alerts.usecases.workforce.end_conflict_of_interest import end_conflict_of_interest
from services.alerts.usecases.workforce.record_conflict_of_interest import record_conflict_of_interest
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.contracts.fields import AreaId
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Page
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/{interrupter_id}/conflicts-of-interest", route_class=StrictRoute)

Supervisor = Annotated[Principal, allow(Role.SUPERVISOR)]


class ConflictOfInterestBody(BaseModel):
    """Exactly one of `community` and `incident_id`. A reason code, never a text."""

    model_config = ConfigDict(extra="forbid")

    community: AreaId | None = None
    incident_id: UUID | None = None
    reason: ConflictReason
    expires_at: AwareDatetime

    def exclusion(self) -> Exclusion:
        return Exclusion(self.community, self.incident_id, self.reason, self.expires_at)


class ConflictOfInterestView(BaseModel):
    """`ended_at`: by a supervisor, before its time."""

    id: UUID
    community: str | None
    incident_id: UUID | None
    reason: ConflictReason
    expires_at: AwareDatetime
    ended_at: AwareDatetime | None


@router.post("", status_code=201, response_model=ConflictOfInterestView)
async def record(
    principal: Supervisor, interrupter_id: UUID, body: ConflictOfInterestBody, once: Idempotent
) -> JSONResponse:
    async def produce(tx: Transaction) -> tuple[int, ConflictOfInterestView]:
        await refuse_unknown_communities(tx, {"/community": body.community})
        made = await record_conflict_of_interest(
            tx, viewer_of(principal), interrupter_id, body.exclusion(), principal.subject
        )
        return 201, ConflictOfInterestView(id=made, ended_at=None, **body.model_dump())

    return await once.run(principal, produce)


@router.get("")
async def list_(
    principal: Supervisor, db: Db, interrupter_id: UUID, paging: ById, response: Response
) -> Page[ConflictOfInterestView]:
    async with db.transaction() as tx:
        rows = await list_conflicts_of_interest(
            tx, viewer_of(principal), interrupter_id, after=paging.after, limit=paging.fetch
        )
    views = [ConflictOfInterestView(**row) for row in rows]
    return paging.page(response, [view.id for view in views], views)


@router.post("/{conflict_id}/end")
async def end(principal: Supervisor, db: Db, interrupter_id: UUID, conflict_id: UUID) -> ConflictOfInterestView:
    """Repeating it changes nothing."""
    async with db.transaction() as tx:
        viewer, by = viewer_of(principal), principal.subject
        row = await end_conflict_of_interest(tx, viewer, interrupter_id, conflict_id, by)
    return ConflictOfInterestView(**{name: row[name] for name in ConflictOfInterestView.model_fields})
