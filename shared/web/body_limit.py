"""No request body is larger than a limit, whether it says its length or not; the refusal is a problem like any other.

The framework's own limit answers in plain text, over whatever the application says.
"""

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import Problem, respond

MAX_BODY_BYTES = 64 * 1024


def allow_larger(app: FastAPI, path: str, max_bytes: int) -> None:
    """What may be sent to this path alone. The whole of it is in memory while it is worked on."""
    app.state.body_limits[path] = max_bytes


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        max_bytes = scope["app"].state.body_limits.get(scope["path"], MAX_BODY_BYTES)
        told = Headers(scope=scope).get("content-length", "0")
        if told.isdecimal() and int(told) > max_bytes:
            response = respond(413, "body-too-large", _detail(max_bytes), headers={"Connection": "close"})
            await response(scope, receive, send)
            return
        await self._app(scope, _counted(receive, max_bytes), send)


def _counted(receive: Receive, max_bytes: int) -> Receive:
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > max_bytes:
            raise Problem(413, "body-too-large", _detail(max_bytes))
        return message

    return counting


def _detail(max_bytes: int) -> str:
    return f"The body is larger than {max_bytes} bytes."
