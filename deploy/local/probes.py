"""Asking a process over HTTP whether it is ready, with plain streams: a web client would be slow to import."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

Probe = Callable[[], Awaitable[bool]]

TIMEOUT_S = 2.0
MAX_ANSWER_BYTES = 16 * 1024
POLL_S = 0.05


async def until(probe: Probe, within: timedelta | None = None) -> None:
    """Ask again and again until the answer is yes. Raises TimeoutError when that takes too long."""
    async with asyncio.timeout(None if within is None else within.total_seconds()):
        while not await probe():
            await asyncio.sleep(POLL_S)


async def accepts(port: int) -> bool:
    """Whether anything listens: cheap, and quieter than asking a client library too early."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@dataclass
class AnswersOk:
    """A probe: does GET on loopback answer 200? `last` tells what it answered instead."""

    port: int
    path: str = "/readyz"
    last: str = field(default="nothing answered", init=False)

    async def __call__(self) -> bool:
        answer = await http_get(self.port, self.path)
        if answer is None:
            return False
        status, body = answer
        self.last = f"{self.path} answered {status} {body[:200]}"
        return status == 200


async def http_get(port: int, path: str) -> tuple[int, str] | None:
    """Status code and the beginning of the body; None while nothing answers."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await _get(port, path)
    except (OSError, TimeoutError, ValueError, IndexError):
        return None


async def _get(port: int, path: str) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        head, _, body = (await reader.read(MAX_ANSWER_BYTES)).partition(b"\r\n\r\n")
        return int(head.split()[1]), " ".join(body.decode(errors="replace").split())
    finally:
        writer.close()


async def never_asked() -> bool:
    """Of what runs to its end, or whose own doing shows that it is there."""
    return True
