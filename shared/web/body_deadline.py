"""A request body must arrive within a deadline: half a body held open would hold a worker's memory for ever."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import Problem

DEADLINE_S = 10.0


class BodyDeadline:
    def __init__(self, app: ASGIApp, deadline_s: float = DEADLINE_S) -> None:
        self._app = app
        self._deadline_s = deadline_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            receive = _TimedBody(receive, self._deadline_s).receive
        await self._app(scope, receive, send)


class _TimedBody:
    def __init__(self, receive: Receive, deadline_s: float) -> None:
        self._receive = receive
        self._until = asyncio.get_running_loop().time() + deadline_s
        self._complete = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()  # now it only tells of a disconnect, however late
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            # The connection cannot be used again: the rest of the body may still come.
            raise Problem(
                408, "body-too-slow", "The body did not arrive in time.", headers={"Connection": "close"}
            ) from None
        self._complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message
