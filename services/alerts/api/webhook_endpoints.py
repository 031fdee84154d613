"""`/v1/webhook-endpoints`: whose phone is called where. The signing secret is in the first answer and nowhere after.

Nor is it in what is kept for repeated requests: whoever lost the answer rotates the secret.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.alerts.api.endpoint_views import (
    EndpointBody,
    EndpointView,
    Muted,
    RegisteredView,
    RotationBody,
    TestView,
)
from services.alerts.api.paging import ById
from services.alerts.api.viewers import viewer_of
from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.secret_box import SecretBox
from services.alerts.queries.endpoints import list_endpoints, visible_endpoint
from services.alerts.settings import AlertsSettings
from services.alerts.usecases.endpoints.disable_webhook_endpoint import disable_webhook_endpoint
from services.alerts.usecases.endpoints.enable_webhook_endpoint import enable_webhook_endpoint
from services.alerts.usecases.endpoints.mute_webhook_endpoint import mute_webhook_endpoint
from services.alerts.usecases.endpoints.register_webhook_endpoint import Locks, Registered, register_webhook_endpoint
from services.alerts.usecases.endpoints.rotate_webhook_secret import rotate_webhook_secret
from services.alerts.usecases.endpoints.try_webhook_endpoint import try_webhook_endpoint
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent, Once
from shared.web.pagination import Page
from shared.web.preconditions import IfMatch, etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhook endpoints"], route_class=StrictRoute)

Keeper = Annotated[
    Principal, allow(Role.INTERRUPTER, Role.SUPERVISOR, Role.DISPATCHER, Role.PROGRAM_OFFICE, Role.ADMIN)
]


def _locks(request: Request) -> Locks:
    settings: AlertsSettings = request.app.state.settings
    return Locks(AddressGuard(settings.webhook_allowed_networks), SecretBox(settings.secrets_key_bytes))


OurLocks = Annotated[Locks, Depends(_locks)]


async def _told_once(
    once: Once, principal: Principal, status: int, make: Callable[[Transaction], Awaitable[Registered]]
) -> JSONResponse:
    """The secret is put into the answer after what is kept for repeated requests was made."""
    shown: dict[str, Any] = {}

    async def produce(tx: Transaction) -> tuple[int, RegisteredView]:
        made = await make(tx)
        view = RegisteredView.of(made.endpoint.model_dump())
        shown.update(view.model_dump(mode="json"), secret=made.secret)
        return status, view

    answer = await once.run(principal, produce)
    return JSONResponse(shown, status_code=answer.status_code) if shown else answer


@router.post("", status_code=201, response_model=RegisteredView)
async def register(principal: Keeper, body: EndpointBody, once: Idempotent, locks: OurLocks) -> JSONResponse:
    viewer, wanted = viewer_of(principal), body.wanted()
    return await _told_once(once, principal, 201, lambda tx: register_webhook_endpoint(tx, viewer, wanted, locks))


@router.get("")
async def list_(principal: Keeper, db: Db, paging: ById, response: Response) -> Page[EndpointView]:
    async with db.transaction() as tx:
        rows = await list_endpoints(tx, viewer_of(principal), after=paging.after, limit=paging.fetch)
    views = [EndpointView.of(row) for row in rows]
    return paging.page(response, [view.id for view in views], views)


@router.get("/{endpoint_id}")
async def show(principal: Keeper, db: Db, endpoint_id: UUID, response: Response) -> EndpointView:
    async with db.transaction() as tx:
        row = await visible_endpoint(tx, viewer_of(principal), endpoint_id)
    response.headers["ETag"] = etag(row.version)
    return EndpointView.of(row.model_dump())


@router.post("/{endpoint_id}/rotate-secret", response_model=RegisteredView)
async def rotate(
    principal: Keeper,
    body: RotationBody,
    once: Idempotent,
    locks: OurLocks,
    endpoint_id: UUID,
    if_match: IfMatch,
) -> JSONResponse:
    """Another key; the one before signs beside it until its overlap is over."""
    viewer, wanted = viewer_of(principal), body.wanted()

    async def make(tx: Transaction) -> Registered:
        return await rotate_webhook_secret(tx, viewer, endpoint_id, wanted, locks.box, if_match.check)

    return await _told_once(once, principal, 200, make)


@router.put("/{endpoint_id}/muted")
async def mute(
    principal: Keeper, db: Db, endpoint_id: UUID, body: Muted, if_match: IfMatch, response: Response
) -> EndpointView:
    """Types of messages that this endpoint is spared. What somebody waits for an answer to cannot be muted."""
    async with db.transaction() as tx:
        row = await mute_webhook_endpoint(tx, viewer_of(principal), endpoint_id, body, if_match.check)
    response.headers["ETag"] = etag(row.version)
    return EndpointView.of(row.model_dump())


@router.post("/{endpoint_id}/disable")
async def disable(principal: Keeper, db: Db, endpoint_id: UUID) -> EndpointView:
    async with db.transaction() as tx:
        row = await disable_webhook_endpoint(tx, viewer_of(principal), endpoint_id)
    return EndpointView.of(row.model_dump())


@router.post("/{endpoint_id}/enable")
async def enable(principal: Keeper, db: Db, endpoint_id: UUID) -> EndpointView:
    """It is called again, and whoever it makes reachable is asked where nobody was left."""
    async with db.transaction() as tx:
        row = await enable_webhook_endpoint(tx, viewer_of(principal), endpoint_id)
    return EndpointView.of(row.model_dump())


@router.post("/{endpoint_id}/test", status_code=202)
async def test(principal: Keeper, db: Db, endpoint_id: UUID) -> TestView:
    """A signed `truce.endpoint.test` is queued; what becomes of it is read from the delivery log."""
    async with db.transaction() as tx:
        return TestView(delivery_id=await try_webhook_endpoint(tx, viewer_of(principal), endpoint_id))
