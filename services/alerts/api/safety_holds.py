"""`/v1/interrupters/{id}/safety-holds`: somebody is sent nowhere for now. For those who may have to act on it alone."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.alerts.api.paging import ById
from services.alerts.api.viewers import viewer_of
from services.alerts.domain.workforce import HoldReason
from services.alerts.queries.safety_holds import list_safety_holds
from services.alerts.usecases.workforce.end_safety_hold import end_safety_hold
from services.alerts.usecases.workforce.place_safety_hold import place_safety_hold
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.persistence.transaction import Row, Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Page
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/{interrupter_id}/safety-holds", route_class=StrictRoute)

Holder = Annotated[Principal, allow(Role.SUPERVISOR, Role.DISPATCHER)]


class SafetyHoldBody(BaseModel):
    """`until` absent: until somebody ends it. A reason code, never a text."""

    model_config = ConfigDict(extra="forbid")

    reason: HoldReason
    until: AwareDatetime | None = None


class SafetyHoldView(SafetyHoldBody):
    """`ended_by` null on one that has ended: its time was over."""

    id: UUID
    placed_by: str
    placed_at: AwareDatetime
    ended_by: str | None
    ended_at: AwareDatetime | None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(**{name: row[name] for name in cls.model_fields})


@router.post("", status_code=201, response_model=SafetyHoldView)
async def place(principal: Holder, interrupter_id: UUID, body: SafetyHoldBody, once: Idempotent) -> JSONResponse:
    async def produce(tx: Transaction) -> tuple[int, SafetyHoldView]:
        viewer, by = viewer_of(principal), principal.subject
        return 201, SafetyHoldView.of(await place_safety_hold(tx, viewer, interrupter_id, body.reason, body.until, by))

    return await once.run(principal, produce)


@router.get("")
async def list_(
    principal: Holder, db: Db, interrupter_id: UUID, paging: ById, response: Response
) -> Page[SafetyHoldView]:
    async with db.transaction() as tx:
        viewer = viewer_of(principal)
        rows = await list_safety_holds(tx, viewer, interrupter_id, after=paging.after, limit=paging.fetch)
    views = [SafetyHoldView.of(row) for row in rows]
    return paging.page(response, [view.id for view in views], views)


@router.post("/{hold_id}/end")
async def end(principal: Holder, db: Db, interrupter_id: UUID, hold_id: UUID) -> SafetyHoldView:
    """Repeating it changes nothing."""
    async with db.transaction() as tx:
        viewer, by = viewer_of(principal), principal.subject
        return SafetyHoldView.of(await end_safety_hold(tx, viewer, interrupter_id, hold_id, by))
