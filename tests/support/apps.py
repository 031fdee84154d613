"""Every service's HTTP app, built as its process builds it, without a database behind it: for looking at its routes."""

import base64
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from shared.runtime.cli import open_database
from tests.support.roles import roles_of

_NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
_ALSO_NEEDED: dict[str, dict[str, Any]] = {
    "alerts": {"secrets_key": base64.b64encode(bytes(32)).decode(), "public_url": "http://127.0.0.1:8102"},
}


def app_of(service: str) -> FastAPI:
    """Opens no connection: the engine behind it is lazy."""
    roles = roles_of(service)
    settings = roles.settings(postgres_dsn=_NOWHERE, **_ALSO_NEEDED.get(service, {}))  # type: ignore[call-arg]
    return roles.app(open_database(service, "api", settings), settings)


def routes_of(app: FastAPI) -> list[BaseRoute]:
    return list(app.routes)


def dependencies_of(route: APIRoute) -> Iterator[Any]:
    """What is called before the route, however deep."""
    yield from _calls(route.dependant)


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
