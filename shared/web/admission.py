"""No more requests are worked on at once than can be answered in time: who comes on top is told at once to come again.

Without it a service that is asked for more than it can do works only on requests whose callers have stopped waiting. A
request takes its place when its body is complete: nobody holds one by sending slowly. Health and metrics need none. A
live stream gives its place back when it is open.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.observability.metrics import BUSY
from shared.web.live.event_stream import is_opened
from shared.web.problems import Problem, respond

AT_ONCE = 64
RETRY_AFTER_S = 1
ALWAYS = frozenset({"/livez", "/readyz", "/metrics"})
_LATER = {"Retry-After": str(RETRY_AFTER_S)}
_DETAIL = "More is asked than can be answered in time. Ask again, with the same Idempotency-Key."


class Admission:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._free = AT_ONCE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        place = _Place(self, receive, send)
        if not _has_body(scope) and not place.take():
            await respond(503, "busy", _DETAIL, headers=_LATER)(scope, receive, send)
            return
        try:
            await self._app(scope, place.receive, place.send)
        finally:
            place.leave()

    def take(self) -> bool:
        if self._free == 0:
            BUSY.inc()
            return False
        self._free -= 1
        return True

    def leave(self) -> None:
        self._free += 1


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


class _Place:
    def __init__(self, admission: Admission, receive: Receive, send: Send) -> None:
        self._admission = admission
        self._receive = receive
        self._send = send
        self._taken = False

    def take(self) -> bool:
        self._taken = self._taken or self._admission.take()
        return self._taken

    def leave(self) -> None:
        if self._taken:
            self._taken = False
            self._admission.leave()

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False) and not self.take():
            raise Problem(503, "busy", _DETAIL, headers=_LATER)
        return message

    async def send(self, message: Message) -> None:
        if is_opened(message):
            self.leave()  # it stays open for minutes, and works only when there is news
        await self._send(message)
