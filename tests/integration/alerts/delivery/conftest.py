"""Real receivers on loopback, each answering as its script says, and a transport that may call them."""

import asyncio
import contextlib
import gc
import ipaddress
import socket
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.transport import AiohttpTransport

Script = Callable[["Call"], Awaitable[None]]
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")]


@dataclass
class Call:
    """One connection, as the receiver sees it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    requests: list[bytes]

    async def request(self) -> bytes:
        """The next request whole, head and body; raises IncompleteReadError when the caller has gone."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        whole = head + await self.reader.readexactly(int(length.partition(b":")[2]))
        self.requests.append(whole)
        return whole

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hang_up_awaited(self) -> None:
        while await self.reader.read(65536):
            pass

    async def hung_up_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.hang_up_awaited(), seconds)
            return True
        return False

    def reset(self) -> None:
        at_once = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.writer.transport.abort()


@dataclass
class Receiver:
    url: str
    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    open_connections: int = 0
    all_closed: asyncio.Event = field(default_factory=asyncio.Event)


Receive = Callable[..., Awaitable[Receiver]]


@pytest.fixture
async def receive() -> AsyncIterator[Receive]:
    """`await receive(script, host=…, ssl=…)` starts a receiver that runs the script for each connection.

    Bytes are the script that gives this answer to one request and closes soon after.
    """
    async with contextlib.AsyncExitStack() as receivers:

        async def start(script: Script | bytes, **options: object) -> Receiver:
            acted = _answering(script) if isinstance(script, bytes) else script
            return await receivers.enter_async_context(_receiver(acted, **options))

        yield start


def _answering(answer: bytes) -> Script:
    async def script(call: Call) -> None:
        await call.request()
        await call.say(answer)
        await call.hung_up_within(0.02)

    return script


@contextlib.asynccontextmanager
async def _receiver(script: Script, host: str = "127.0.0.1", **options: object) -> AsyncIterator[Receiver]:
    running: set[asyncio.Task[None]] = set()
    receiver = Receiver("", 0)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver.connections += 1
        receiver.open_connections += 1
        receiver.all_closed.clear()
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await script(Call(reader, writer, receiver.requests))
        writer.close()
        receiver.open_connections -= 1
        if not receiver.open_connections:
            receiver.all_closed.set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(converse(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    server = await asyncio.start_server(accept, host, 0, **options)  # type: ignore[arg-type] # ssl, backlog
    receiver.port = server.sockets[0].getsockname()[1]
    scheme, shown = ("https" if options.get("ssl") else "http"), (f"[{host}]" if ":" in host else host)
    receiver.url = f"{scheme}://{shown}:{receiver.port}/hooks"
    try:
        yield receiver
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


_WATCHED: ContextVar[list[Any] | None] = ContextVar("addresses dialled by the running test", default=None)


def _watch_connects(event: str, arguments: tuple[Any, ...]) -> None:
    dialled = _WATCHED.get() if event == "socket.connect" else None
    if dialled is not None:
        dialled.append(arguments[1])


class Dialled:
    """Lists every address that sockets were connected to while it is open."""

    def __enter__(self) -> list[Any]:
        self._outside = _WATCHED.set([])
        found = _WATCHED.get()
        assert found is not None
        return found

    def __exit__(self, *_: object) -> None:
        _WATCHED.reset(self._outside)


@pytest.fixture(scope="session")
def watch_dialling() -> type[Dialled]:
    sys.addaudithook(_watch_connects)
    return Dialled


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    """Fails the test that leaves a response or connection open for the garbage collector to complain about."""
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, Any]] = []
    gc.freeze()  # what was there before need not be looked through afterwards
    loop.set_exception_handler(lambda _loop, complaint: complaints.append(complaint))
    async with AiohttpTransport(AddressGuard(LOOPBACK)) as open_transport:
        yield open_transport
    gc.collect()
    gc.unfreeze()
    loop.set_exception_handler(None)
    assert complaints == []
