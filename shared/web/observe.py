"""Around every request: a trace to continue, a duration to count (of a live stream: until it is open), headers that
keep answers out of caches.

What nobody foresaw becomes a problem here, with the same headers as any answer.
"""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.observability.metrics import REQUESTS
from shared.observability.tracing import begin_trace
from shared.web.live.event_stream import is_opened
from shared.web.problems import route_of, unexpected


class Observe:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        incoming = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        traceparent = begin_trace(incoming or None)
        status, began = 0, time.perf_counter()
        opened_at: float | None = None

        async def observed(message: Message) -> None:
            nonlocal status, opened_at
            opened_at = time.perf_counter() if is_opened(message) else opened_at
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"traceparent", traceparent.encode()),
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except Exception as error:
            if status:
                raise  # half an answer is out: only the connection's end can tell
            await unexpected(scope, error)(scope, receive, observed)
        finally:
            REQUESTS.labels(route_of(scope), scope["method"], status).observe(
                (opened_at or time.perf_counter()) - began
            )
