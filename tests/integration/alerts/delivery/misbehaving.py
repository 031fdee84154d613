"""What receivers do, well or badly, and how one attempt to deliver to each of them ends."""

import asyncio
import contextlib
import gzip
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Failed, Fault, Rejected, Stage, TimedOut

BOMB = gzip.compress(b"\x00" * 20_000_000)


def status(code: int, *headers: bytes, body: bytes = b"") -> bytes:
    lines = [b"HTTP/1.1 %d Whatever" % code, b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def says_nothing(call: Any) -> None:
    await call.request()
    await call.hang_up_awaited()


async def does_not_even_read(call: Any) -> None:
    call.writer.transport.pause_reading()
    await asyncio.Event().wait()


async def closes_at_once(call: Any) -> None:
    call.writer.close()


async def closes_after_the_request(call: Any) -> None:
    await call.request()


async def resets(call: Any) -> None:
    await call.request()
    call.reset()


async def resets_in_the_head(call: Any) -> None:
    await call.request()
    await call.say(b"HTTP/1.1 200 OK\r\ncontent-le")
    call.reset()


async def drips_the_head(call: Any) -> None:
    await call.request()
    await call.say(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not await call.hung_up_within(0.01):
        await call.say(b"x")


async def drips_the_body(call: Any) -> None:
    await call.request()
    await call.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while not await call.hung_up_within(0.01):
        await call.say(b"x")


def endless(head: bytes, part: bytes) -> Callable:
    async def script(call: Any) -> None:
        await call.request()
        await call.say(head)
        while True:
            await call.say(part)

    return script


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
RETRY_SOON, RETRY_NEVER = timedelta(seconds=7), timedelta(hours=24)
NOT_HTTP = Failed(Stage.RESPONSE, Fault.NOT_HTTP, timedelta(0))
TOO_LARGE = Failed(Stage.RESPONSE, Fault.HEAD_TOO_LARGE, timedelta(0))
CLOSED = Failed(Stage.RESPONSE, Fault.CLOSED_EARLY, timedelta(0))
NO_TIME = timedelta(0)

RECEIVERS: dict[str, tuple[Callable | bytes, AttemptOutcome]] = {
    "says ok": (status(200, body=b"thanks"), Delivered(200, NO_TIME, b"thanks")),
    "says 201": (status(201), Delivered(201, NO_TIME)),
    "says 202": (status(202), Delivered(202, NO_TIME)),
    "says 204": (b"HTTP/1.1 204 No Content\r\n\r\n", Delivered(204, NO_TIME)),
    "speaks HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nfine", Delivered(200, NO_TIME, b"fine")),
    "sets cookies": (status(200, b"set-cookie: a=b; domain=.example.org"), Delivered(200, NO_TIME)),
    "sends hints first": (
        b"HTTP/1.1 103 Hints\r\n\r\n" * 5 + OK + b"content-length: 0\r\n\r\n",
        Delivered(200, NO_TIME),
    ),
    "promises more than it sends": (OK + b"content-length: 20\r\n\r\nhi", Delivered(200, NO_TIME, b"hi")),
    "breaks off a chunk": (CHUNKED + b"5\r\nhel", Delivered(200, NO_TIME, b"hel")),
    "drips the body": (drips_the_body, Delivered(200, NO_TIME, b"x")),
    "sends an endless body": (
        endless(CHUNKED, b"1000\r\n" + b"x" * 4096 + b"\r\n"),
        Delivered(200, NO_TIME, b"x" * 4096),
    ),
    "sends a gigabyte": (
        endless(OK + b"content-length: 1073741824\r\n\r\n", b"x" * 65536),
        Delivered(200, NO_TIME, b"x" * 4096),
    ),
    "sends tiny chunks for ever": (endless(CHUNKED, b"1\r\nx\r\n" * 9000), Delivered(200, NO_TIME, b"x" * 4096)),
    "sends a gzip bomb": (status(200, b"content-encoding: gzip", body=BOMB), Delivered(200, NO_TIME, BOMB[:4096])),
    "asks to switch protocols": (
        b"HTTP/1.1 101 Switch\r\nupgrade: ws\r\nconnection: upgrade\r\n\r\n",
        Rejected(101, NO_TIME),
    ),
    "moved permanently": (status(301, b"location: http://127.0.0.1:1/"), Rejected(301, NO_TIME)),
    "found elsewhere": (status(302, b"location: http://169.254.169.254/latest/"), Rejected(302, NO_TIME)),
    "several choices": (status(300), Rejected(300, NO_TIME)),
    "see other": (status(303, b"location: file:///etc/passwd"), Rejected(303, NO_TIME)),
    "not modified": (status(304), Rejected(304, NO_TIME)),
    "by a proxy alone": (status(305, b"location: http://127.0.0.1:1/"), Rejected(305, NO_TIME)),
    "switch proxy": (status(306), Rejected(306, NO_TIME)),
    "moved for now": (status(307, b"location: https://[::1]/"), Rejected(307, NO_TIME)),
    "moved for good": (status(308, b"location: http://["), Rejected(308, NO_TIME)),
    "says 400": (status(400, body=b"what?"), Rejected(400, NO_TIME, None, b"what?")),
    "says 401": (status(401), Rejected(401, NO_TIME)),
    "says 404": (status(404), Rejected(404, NO_TIME)),
    "says 410": (status(410), Rejected(410, NO_TIME)),
    "says 413": (status(413), Rejected(413, NO_TIME)),
    "says 429, wait 7 s": (status(429, b"retry-after: 7"), Rejected(429, NO_TIME, RETRY_SOON)),
    "says 429, wait until last year": (
        status(429, b"retry-after: Tue, 01 Jan 2019 00:00:00 GMT"),
        Rejected(429, NO_TIME, NO_TIME),
    ),
    "says 429, wait until": (
        status(429, b"retry-after: Fri, 31 Dec 9999 23:59:59 GMT"),
        Rejected(429, NO_TIME, RETRY_NEVER),
    ),
    "says 429, garbage": (status(429, b"retry-after: in a while"), Rejected(429, NO_TIME)),
    "says 429, ten years": (status(429, b"retry-after: 315360000"), Rejected(429, NO_TIME, RETRY_NEVER)),
    "says 500": (status(500, body=b"x" * 9000), Rejected(500, NO_TIME, None, b"x" * 4096)),
    "says 502": (status(502), Rejected(502, NO_TIME)),
    "says 503, wait 7 s": (status(503, b"retry-after: 7"), Rejected(503, NO_TIME, RETRY_SOON)),
    "says 504": (status(504), Rejected(504, NO_TIME)),
    "says 999": (status(999), Rejected(999, NO_TIME)),
    "says nothing": (says_nothing, TimedOut(Stage.RESPONSE, NO_TIME)),
    "does not even read": (does_not_even_read, TimedOut(Stage.RESPONSE, NO_TIME)),
    "drips the head": (drips_the_head, TimedOut(Stage.RESPONSE, NO_TIME)),
    "closes after the request": (closes_after_the_request, CLOSED),
    "resets": (resets, Failed(Stage.RESPONSE, Fault.RESET, NO_TIME)),
    "resets in the head": (resets_in_the_head, Failed(Stage.RESPONSE, Fault.RESET, NO_TIME)),
    "breaks off the head": (OK + b"content-le", CLOSED),
    "sends ten thousand headers": (OK + b"x: y\r\n" * 10_000 + b"\r\n", TOO_LARGE),
    "sends a megabyte header": (OK + b"x: " + b"y" * 1_000_000 + b"\r\n\r\n", TOO_LARGE),
    "sends a megabyte header name": (OK + b"x" * 1_000_000, TOO_LARGE),
    "sends a megabyte status line": (b"HTTP/1.1 200 " + b"x" * 1_000_000, TOO_LARGE),
    "sends headers for ever": (endless(OK, b"x: y\r\n" * 3000), TOO_LARGE),
    "sends hints for ever": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 3000), TOO_LARGE),
    "sends an invalid status line": (b"HELLO THERE\r\n\r\n", NOT_HTTP),
    "sends a status of two digits": (b"HTTP/1.1 20 OK\r\n\r\n", NOT_HTTP),
    "sends a bare body": (b"thanks a lot\r\n", NOT_HTTP),
    "sends a negative length": (OK + b"content-length: -3\r\n\r\nabc", NOT_HTTP),
    "sends two lengths": (OK + b"content-length: 3\r\ncontent-length: 4\r\n\r\nabcd", NOT_HTTP),
    "sends NUL in a header": (OK + b"a\x00b: c\r\n\r\n", NOT_HTTP),
}


@contextlib.asynccontextmanager
async def black_hole() -> Any:
    with contextlib.ExitStack() as queue, socket.create_server(("127.0.0.1", 0), backlog=0) as hole:
        for _ in range(4):  # nobody accepts: once its queue is full, the kernel drops what knocks
            knocking = queue.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex(hole.getsockname())
        yield f"http://127.0.0.1:{hole.getsockname()[1]}/"


def refusing() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"
