"""Asking a process over HTTP whether it is ready, with plain streams: a web client would be slow to import."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

Probe = Callable[[], Awaitable[bool]]

TIMEOUT_S = 2.0
POLL_S = 0.05


async def until(probe: Probe, within: timedelta | None = None) -> None:
    """Ask again and again until the answer is yes. Raises TimeoutError when that takes too long."""
    async with asyncio.timeout(None if within is None else within.total_seconds()):
        while not await probe():
            await asyncio.sleep(POLL_S)


async def http_status(port: int, path: str) -> int | None:
    """The status code of a GET on loopback; None while nothing answers."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await _get(port, path)
    except (OSError, TimeoutError, ValueError, IndexError):
        return None


async def _get(port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()


async def accepts(port: int) -> bool:
    """Whether anything listens: cheap, and quieter than asking a client library too early."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def answers_ok(port: int, path: str = "/readyz") -> Probe:
    async def probe() -> bool:
        return await http_status(port, path) == 200

    return probe
