"""`/v1/webhook-endpoints`: whose phone is called where. The signing secret is in the first answer and nowhere after.

Nor is it in what is kept for repeated requests: whoever lost the answer disables the endpoint and registers another.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.alerts.api.paging import ById
from services.alerts.api.viewers import viewer_of
from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.secret_box import SecretBox
from services.alerts.domain.workforce import OwnerKind
from services.alerts.queries.endpoints import list_endpoints
from services.alerts.settings import AlertsSettings
from services.alerts.usecases.disable_webhook_endpoint import disable_webhook_endpoint
from services.alerts.usecases.register_webhook_endpoint import Locks, NewEndpoint, register_webhook_endpoint
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Page
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhook endpoints"], route_class=StrictRoute)

Keeper = Annotated[
    Principal, allow(Role.INTERRUPTER, Role.SUPERVISOR, Role.DISPATCHER, Role.PROGRAM_OFFICE, Role.ADMIN)
]


class OwnerBody(BaseModel):
    """`id`: the interrupter, or the organization whose supervisors it is for; absent for the duty dispatcher."""

    model_config = ConfigDict(extra="forbid")

    kind: OwnerKind
    id: UUID | None = None


class EndpointBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    owner: OwnerBody
    url: str = Field(min_length=1, max_length=2000, pattern=r"^[\x21-\x7e]+$")

    def wanted(self) -> NewEndpoint:
        return NewEndpoint(self.owner.kind, self.owner.id, self.url)


class EndpointView(BaseModel):
    id: UUID
    version: int
    owner: OwnerBody
    url: str
    enabled: bool
    disabled_reason: str | None
    created_at: AwareDatetime


class RegisteredView(EndpointView):
    """`secret` is null in the answer to a repeated request."""

    secret: str | None = None


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: row[name] for name in ("id", "version", "url", "enabled", "disabled_reason", "created_at")}
    return own | {"owner": {"kind": row["owner_kind"], "id": row["owner_id"]}}


def _locks(request: Request) -> Locks:
    settings: AlertsSettings = request.app.state.settings
    return Locks(AddressGuard(settings.webhook_allowed_networks), SecretBox(settings.secrets_key_bytes))


@router.post("", status_code=201, response_model=RegisteredView)
async def register(
    principal: Keeper, body: EndpointBody, once: Idempotent, locks: Annotated[Locks, Depends(_locks)]
) -> JSONResponse:
    shown: dict[str, Any] = {}

    async def produce(tx: Transaction) -> tuple[int, RegisteredView]:
        made = await register_webhook_endpoint(tx, viewer_of(principal), body.wanted(), locks)
        view = RegisteredView(**_shown(made.endpoint.model_dump()))
        shown.update(view.model_dump(mode="json"), secret=made.secret)
        return 201, view

    answer = await once.run(principal, produce)
    return JSONResponse(shown, status_code=answer.status_code) if shown else answer


@router.get("")
async def list_(principal: Keeper, db: Db, paging: ById, response: Response) -> Page[EndpointView]:
    async with db.transaction() as tx:
        rows = await list_endpoints(tx, viewer_of(principal), after=paging.after, limit=paging.fetch)
    views = [EndpointView(**_shown(dict(row))) for row in rows]
    return paging.page(response, [view.id for view in views], views)


@router.post("/{endpoint_id}/disable")
async def disable(principal: Keeper, db: Db, endpoint_id: UUID) -> EndpointView:
    async with db.transaction() as tx:
        row = await disable_webhook_endpoint(tx, viewer_of(principal), endpoint_id)
    return EndpointView(**_shown(row.model_dump()))
