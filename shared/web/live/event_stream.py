"""An open answer of server-sent events (HTML Living Standard, §9.2): its wire format and its manners.

A receiver that takes nothing for a while is let go: what is on its way to it is all that is ever held for it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.datastructures import Headers
from starlette.responses import StreamingResponse
from starlette.types import Message, Send

from shared.observability.logs import get_logger

MEDIA_TYPE = "text/event-stream"
PATIENCE_S = 10.0
RETRY_MS = 2000
log = get_logger(__name__)


def event(name: str, position: int, data: str) -> bytes:
    """`data`: JSON in one line."""
    return f"event: {name}\nid: {position}\ndata: {data}\n\n".encode()


def hello(position: int) -> bytes:
    """First of all: where the receiver stands, before anything has changed, and how soon it is to come again."""
    return f"retry: {RETRY_MS}\nevent: hello\nid: {position}\ndata: {{}}\n\n".encode()


def reload_all(position: int) -> bytes:
    """What lies behind the receiver's position is not known any more: the list is to be read again, then followed."""
    return event("reload", position, "{}")


def still_here(position: int) -> bytes:
    """No event: keeps proxies from closing, and moves the receiver past what was not for it."""
    return f": still here\nid: {position}\n\n".encode()


def is_opened(message: Message) -> bool:
    """Whether an answer that stays open begins with this."""
    if message["type"] != "http.response.start":
        return False
    return Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)


class EventStream(StreamingResponse):
    media_type = MEDIA_TYPE

    def __init__(self, events: AsyncGenerator[bytes, None], patience_s: float = PATIENCE_S) -> None:
        super().__init__(events, headers={"X-Accel-Buffering": "no"})
        self._events = events
        self._patience_s = patience_s

    async def stream_response(self, send: Send) -> None:
        """Ends without its last chunk when the receiver is too slow: it comes again and resumes."""

        async def patiently(message: Message) -> None:
            async with asyncio.timeout(self._patience_s):
                await send(message)

        async with aclosing(self._events):
            try:
                await super().stream_response(patiently)
            except TimeoutError:
                log.info("stream.receiver_too_slow")
