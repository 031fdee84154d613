"""`/v1/text-endpoints`: somebody is reached by SMS, e-mail or chat. Listed, disabled and tested as any endpoint.

The address holds the service's passwords: it goes in and never comes out.
"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from services.alerts.api.endpoint_views import EndpointView, OwnerBody, Position
from services.alerts.api.viewers import viewer_of
from services.alerts.delivery.secret_box import SecretBox
from services.alerts.delivery.text_channels import AddressUnusable, check_usable
from services.alerts.domain.channels import MAX_ADDRESS, EndpointKind, address_fault
from services.alerts.settings import AlertsSettings
from services.alerts.usecases.endpoints.place_endpoint import place_endpoint
from services.alerts.usecases.endpoints.register_text_endpoint import NewTextEndpoint, register_text_endpoint
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import FieldError, Invalid
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.preconditions import IfMatch, etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1", tags=["webhook endpoints"], route_class=StrictRoute)
Keeper = Annotated[
    Principal, allow(Role.INTERRUPTER, Role.SUPERVISOR, Role.DISPATCHER, Role.PROGRAM_OFFICE, Role.ADMIN)
]


class TextEndpointBody(BaseModel):
    """`address`: as the library apprise writes it, such as `twilio://SID:TOKEN@FROM/TO` or `mailtos://…`."""

    model_config = ConfigDict(extra="forbid")

    owner: OwnerBody
    kind: Literal[EndpointKind.SMS, EndpointKind.EMAIL, EndpointKind.CHAT]
    address: str = Field(min_length=1, max_length=MAX_ADDRESS, repr=False)
    position: Position | None = None

    def wanted(self) -> NewTextEndpoint:
        return NewTextEndpoint(self.owner.kind, self.owner.id, self.kind, self.address, self.position)


class PositionBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    position: Position


@router.post("/text-endpoints", status_code=201, response_model=EndpointView)
async def register(request: Request, principal: Keeper, body: TextEndpointBody, once: Idempotent) -> JSONResponse:
    settings: AlertsSettings = request.app.state.settings
    box = SecretBox(settings.secrets_key_bytes)
    await _refuse_unusable(body, may_be_plain=bool(settings.webhook_allowed_networks))

    async def produce(tx: Transaction) -> tuple[int, EndpointView]:
        row = await register_text_endpoint(tx, viewer_of(principal), body.wanted(), box)
        return 201, EndpointView.of(row.model_dump())

    return await once.run(principal, produce)


@router.put("/webhook-endpoints/{endpoint_id}/position")
async def put_position(
    principal: Keeper, db: Db, endpoint_id: UUID, body: PositionBody, if_match: IfMatch, response: Response
) -> EndpointView:
    """When it is tried among an interrupter's endpoints: the lowest first."""
    async with db.transaction() as tx:
        row = await place_endpoint(tx, viewer_of(principal), endpoint_id, body.position, if_match.check)
    response.headers["ETag"] = etag(row.version)
    return EndpointView.of(row.model_dump())


async def _refuse_unusable(body: TextEndpointBody, *, may_be_plain: bool) -> None:
    if fault := address_fault(body.kind, body.address, may_be_plain=may_be_plain):
        raise Invalid(fault)
    try:
        await check_usable(body.address)
    except AddressUnusable:
        raise Invalid(FieldError("/address", "is not one that this service understands")) from None
