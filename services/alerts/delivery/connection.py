"""The seams at which a delivery attempt watches and bounds the HTTP client's connections.

Invariants: whatever a receiver sends in answer to one request, at most 32 KiB of it are parsed, so that it cannot hold
the event loop with endless interim answers, headers or tiny chunks; bytes that came before the request are told apart
from its answer; and a running attempt can always say how far it has come.
"""

import asyncio
import contextlib
import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import StreamWriter
from aiohttp.http_exceptions import LineTooLong

from services.alerts.delivery.outcomes import Stage

KEPT_ANSWER_BYTES = 4096
PARSED_ANSWER_BYTES = 32 * 1024


@dataclass(slots=True)
class Progress:
    """How far the running attempt has come, told by the parts that do the work."""

    stage: Stage = Stage.RESOLVE
    dialled: bool = False
    answered_unasked: bool = False

    def restart(self) -> None:
        self.stage, self.dialled, self.answered_unasked = Stage.RESOLVE, False, False

    @property
    def asked(self) -> bool:
        return self.stage in {Stage.SEND, Stage.RESPONSE}


# Sockets and handshakes are made by callbacks that are given no word about the request they are for.
PROGRESS: ContextVar[Progress] = ContextVar("progress of the delivery attempt")


class WatchedTls(ssl.SSLObject):
    """Says when the connection stands and the handshake begins."""

    def do_handshake(self) -> None:
        PROGRESS.get().stage = Stage.TLS
        super().do_handshake()


class WatchedBody(aiohttp.BytesPayload):
    """Says when the request goes out, and whether an answer to it was there already."""

    def __init__(self, body: bytes, progress: Progress) -> None:
        super().__init__(body)
        self._progress = progress

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self._progress.stage = Stage.SEND
        self._progress.answered_unasked = _holds_an_answer(writer)
        await super().write_with_length(writer, content_length)
        self._progress.stage = Stage.RESPONSE


def _holds_an_answer(writer: AbstractStreamWriter) -> bool:
    """Bytes before the question, such as a second answer to the question before, would pass for its answer."""
    protocol = writer.protocol if isinstance(writer, StreamWriter) else None
    return isinstance(protocol, ResponseHandler) and protocol.should_close


class _BoundedAnswer(ResponseHandler):
    _room = PARSED_ANSWER_BYTES

    def set_response_params(self, **parameters: Any) -> None:
        self._room = PARSED_ANSWER_BYTES
        super().set_response_params(**parameters)

    def data_received(self, data: bytes) -> None:
        fitting = data[: self._room]
        self._room -= len(fitting)
        super().data_received(fitting)
        if len(fitting) < len(data):
            # An answer whose head has been parsed is already handed over; this ends one that has none yet.
            self.set_exception(LineTooLong(b"answer", PARSED_ANSWER_BYTES))
            if self.transport is not None:
                self.transport.abort()


class BoundedConnector(aiohttp.TCPConnector):
    """aiohttp offers no public way to choose the protocol class; the misbehaving receivers of the tests hold this."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        protocol: type[ResponseHandler] = _BoundedAnswer
        self._factory = partial(protocol, loop=asyncio.get_running_loop())


async def read_kept_part(response: aiohttp.ClientResponse, until: float) -> bytes:
    """At most the first 4 kB that come by `until` (loop time). A body not at its end by then closes the connection."""
    kept = bytearray()
    with contextlib.suppress(TimeoutError, aiohttp.ClientError):  # the head has decided, the body is a remark
        async with asyncio.timeout_at(until):
            while len(kept) < KEPT_ANSWER_BYTES:
                part = await response.content.read(KEPT_ANSWER_BYTES - len(kept))
                if not part:
                    break
                kept += part
    response.close()
    return bytes(kept)
