"""Route guards: every route states who may call it, as a parameter's type, or is marked `public`.

A guard checks roles only. Whether the caller may see this one thing is a pure rule in a service's `domain/`.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from shared.auth.principal import Principal, Role
from shared.auth.tokens import BadToken, TokenVerifier
from shared.observability.logs import get_logger
from shared.web.problems import Problem

F = TypeVar("F", bound=Callable[..., Any])
log = get_logger(__name__)
_bearer = HTTPBearer(auto_error=False, description="Access token of the programme's identity provider")
_UNAUTHENTICATED = {"WWW-Authenticate": "Bearer"}


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    if credentials is None:
        raise Problem(401, "unauthenticated", "A bearer token is needed.", headers=_UNAUTHENTICATED)
    verifier: TokenVerifier = request.app.state.verifier
    try:
        return await verifier.verify(credentials.credentials)
    except BadToken as error:
        log.info("auth.bad_token", reason=str(error))
        raise Problem(401, "unauthenticated", "The token is not accepted.", headers=_UNAUTHENTICATED) from None


def allow(*roles: Role) -> Any:
    """A dependency that yields the Principal if it has one of the roles; 403 otherwise."""

    async def guard(principal: Annotated[Principal, Depends(authenticated)]) -> Principal:
        if not principal.has(*roles):
            raise Problem(403, "not-allowed", "This token's roles do not allow that.")
        return principal

    marked: Callable[..., Awaitable[Principal]] = guard
    marked.truce_guard = roles  # type: ignore[attr-defined] # read by the architecture test
    return Depends(marked)


def public(route: F) -> F:
    """Marks a route that anyone may call."""
    route.truce_public = True  # type: ignore[attr-defined] # read by the architecture test
    return route
