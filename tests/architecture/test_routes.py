"""Every route of every service says who may call it: a guard among its dependencies, or `public`, which is rare."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI

from shared.auth.guards import allow, authenticated, public
from shared.auth.principal import Principal, Role
from shared.contracts.topics import SERVICES
from tests.support.apps import Route, app_of, routes_of

PUBLIC = {"/livez", "/readyz", "/metrics"}
# The page behind the link in a message: the link itself is what its reader shows.
ALSO_PUBLIC = {"alerts": {"/r/{token}"}}
# The interface's own description, which the framework serves: it holds no data.
DESCRIPTION = {"/openapi.json", "/docs", "/docs/oauth2-redirect"}


def guards(route: Route) -> list[tuple[Role, ...]]:
    return [call.truce_guard for call in route.called_before or () if hasattr(call, "truce_guard")]


def is_public(route: Route) -> bool:
    return bool(getattr(route.endpoint, "truce_public", False))


def unguarded(app: FastAPI) -> set[str]:
    """Paths of routes without a guard; a guard that admits nobody is none."""
    judged = (route for route in routes_of(app) if route.path not in DESCRIPTION)
    return {route.path for route in judged if not is_public(route) and not any(guards(route))}


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_a_guard_or_is_marked_public(service: str) -> None:
    assert unguarded(app_of(service)) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_only_health_and_the_response_page_are_public(service: str) -> None:
    found = {route.path for route in routes_of(app_of(service)) if is_public(route)}
    assert found == PUBLIC | ALSO_PUBLIC.get(service, set())


@pytest.mark.parametrize("service", SERVICES)
def test_a_public_route_asks_for_no_token_and_a_guarded_one_is_not_called_public(service: str) -> None:
    assert [route.path for route in routes_of(app_of(service)) if is_public(route) and guards(route)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_routes_are_found_at_all(service: str) -> None:
    guarded = [route for route in routes_of(app_of(service)) if guards(route)]
    assert len(guarded) >= 2


def planted() -> FastAPI:
    """One route of each kind, behind a router, as the services have them."""
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer")

    async def answer() -> None: ...

    async def guarded(_: Annotated[Principal, allow(Role.ADMIN)]) -> None: ...

    async def known(_: Annotated[Principal, Depends(authenticated)]) -> None: ...

    async def for_nobody(_: Annotated[Principal, allow()]) -> None: ...

    inner.add_api_route("/open", answer)
    inner.add_api_route("/known", known)
    inner.add_api_route("/for-nobody", for_nobody)
    inner.add_api_route("/guarded", guarded)
    inner.add_api_route("/public", public(lambda: None))
    outer.include_router(inner)
    app = FastAPI(redoc_url=None)
    app.include_router(outer)
    app.mount("/mounted", FastAPI())
    app.add_api_websocket_route("/socket", answer)
    return app


def test_a_planted_route_without_a_guard_is_seen() -> None:
    """A valid token alone is no guard: it does not say which roles may."""
    expected = {"/outer/inner/open", "/outer/inner/known", "/outer/inner/for-nobody", "/mounted", "/socket"}
    assert unguarded(planted()) == expected
