"""RFC 9457 problems: every refusal in one shape, with a stable type, and never a word of what was sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from shared.kernel.errors import (
    AlreadyExists,
    FieldError,
    Invalid,
    NotAllowed,
    NotEligible,
    NotFound,
    Refused,
    StateConflict,
    TooMany,
    Unavailable,
)
from shared.observability.logs import get_logger
from shared.persistence.sqlstate import constraint, is_transient, sqlstate

log = get_logger(__name__)
TYPE_PREFIX = "https://truce.example/problems/"
_STATUS: dict[type[Refused], int] = {
    NotFound: 404,
    NotAllowed: 403,
    StateConflict: 409,
    AlreadyExists: 409,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}
_TITLES = {400: "Bad request", 404: "Not found", 405: "Method not allowed", 413: "Body too large"}
_SLUGS = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "body-too-large", 408: "body-too-slow"}
# Messages of the validator that repeat the input, by error type, said in our own words.
_OWN_WORDS = {
    "union_tag_invalid": "is of no known kind",
    "literal_error": "is not one of the allowed values",
    "string_unicode": "is not valid Unicode text",
    "uuid_parsing": "is not a UUID",
}


class Problem(HTTPException):
    """Raised where HTTP itself is the subject; use cases raise `Refused` instead.

    An HTTPException, since the framework lets only those out of the reading of a body.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.slug, self.extra = slug, extra or {}


def respond(
    status: int, slug: str, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any
) -> JSONResponse:
    body = {"type": TYPE_PREFIX + slug, "title": slug.replace("-", " ").capitalize(), "status": status}
    return JSONResponse(
        body | {"detail": detail} | extra,
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return respond(error.status_code, error.slug, error.detail, headers=error.headers, **error.extra)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    extra: dict[str, Any] = {}
    if isinstance(error, StateConflict):
        extra["state"] = error.state
    if isinstance(error, NotEligible):
        extra["reasons"] = list(error.reasons)
    if isinstance(error, Invalid):
        extra["errors"] = _listed(error.errors)
    return respond(status_of(error), error.slug, str(error), headers=_when_again(error), **extra)


def status_of(refusal: Refused) -> int:
    return next((code for kind, code in _STATUS.items() if isinstance(refusal, kind)), 409)


def _when_again(refusal: Refused) -> dict[str, str]:
    if isinstance(refusal, TooMany):
        return {"Retry-After": str(refusal.wait_s)}
    return {"Retry-After": "2"} if isinstance(refusal, Unavailable) else {}


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return respond(400, "malformed-json", "The body is not JSON.")
    return respond(
        422, "invalid", "The request has fields that cannot be accepted.", errors=_listed(field_errors(found))
    )


def field_errors(found: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """What the validator found, in words that repeat nothing of the input."""
    return [FieldError(pointer(item["loc"]), _words(item)) for item in found]


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    return respond(status, _SLUGS.get(status, "refused"), _TITLES.get(status, "Refused"), headers=error.headers)


def unexpected(scope: Scope, error: Exception) -> JSONResponse:
    """What the caller is told of an error that nobody foresaw: nothing but whether to try again."""
    if is_transient(error):
        log.warning("http.database_away", sqlstate=sqlstate(error), error=type(error).__name__)
        return respond(503, "unavailable", "Try again in a moment.", headers={"Retry-After": "2"})
    state = sqlstate(error)
    log.error(
        "http.unexpected",
        path=route_of(scope),
        error=type(error).__name__,
        sqlstate=state,
        constraint=constraint(error),
        exc_info=error,
    )
    return respond(500, "unexpected", "Something failed here; it has been logged.")


def route_of(scope: Scope) -> str:
    """The route's pattern, never the path itself: that is the caller's words."""
    return getattr(scope.get("route"), "path", "unmatched")


def pointer(place: Sequence[Any]) -> str:
    """JSON Pointer (RFC 6901) of a validation error; a parameter outside the body as `#header/name`.

    A name that the sender made up is shown only if it is a plain word: anything else could be content.
    """
    where, *path = place or ("body",)
    parts = [_plain(part) for part in path]
    if where != "body":
        return f"#{where}/" + "/".join(parts)
    return "".join(f"/{part}" for part in parts)


def _plain(part: Any) -> str:
    text = str(part)
    return text if len(text) <= 64 and text.replace("_", "").replace("-", "").isalnum() and text.isascii() else "?"


def _words(item: Mapping[str, Any]) -> str:
    return _OWN_WORDS.get(item["type"], str(item["msg"]).removeprefix("Value error, "))


def _listed(errors: Sequence[FieldError]) -> list[dict[str, str]]:
    return [{"pointer": error.pointer, "detail": error.detail} for error in errors]
