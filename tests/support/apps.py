"""Every service's HTTP app, built as its process builds it, without a database behind it: for looking at its routes."""

import base64
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from shared.runtime.cli import open_database
from tests.support.roles import roles_of

_NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
_ALSO_NEEDED: dict[str, dict[str, Any]] = {
    "alerts": {"secrets_key": base64.b64encode(bytes(32)).decode(), "public_url": "https://alerts.example"},
}


class Route(NamedTuple):
    """One thing that can be called. `called_before`: its dependencies, however deep; None if they cannot be known."""

    path: str
    methods: frozenset[str]
    endpoint: Any
    called_before: tuple[Any, ...] | None


@cache
def app_of(service: str) -> FastAPI:
    """Opens no connection: the engine behind it is lazy. Made once, to be looked at only."""
    roles = roles_of(service)
    settings = roles.settings(**{"postgres_dsn": _NOWHERE} | _ALSO_NEEDED.get(service, {}))
    return roles.app(open_database(service, "api", settings), settings)


def routes_of(app: FastAPI) -> list[Route]:
    """Included routers are looked into; mounts and websockets come without dependencies, as they are no API routes."""
    return [
        Route(
            path=found.path or "",
            methods=frozenset(found.methods or ()),
            endpoint=found.endpoint,
            called_before=tuple(_calls(found.dependant)) if isinstance(found.route, APIRoute) else None,
        )
        for found in iter_route_contexts(app.routes)
    ]


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
