"""A light client for loads of one kind of request: prepared bytes out, a status back, over connections kept open.

It must take less of the processor than the service it drives, or it would measure itself.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass
class Answers:
    """`took_ms` of each answer, in no order; in an open loop from the moment it was due."""

    took_ms: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, status: int, since: float) -> None:
        self.took_ms.append(1000 * (time.perf_counter() - since))
        self.statuses[status] = self.statuses.get(status, 0) + 1

    @property
    def per_second(self) -> float:
        return len(self.took_ms) / self.seconds

    def refused(self) -> int:
        return sum(count for status, count in self.statuses.items() if status != 201)


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waiting: asyncio.Future[int] | None = None
        self.is_open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(_END_OF_HEAD)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        length = int(head[at : (head + b"\r\n").index(b"\r\n", at)])
        if len(self._buffer) - end - len(_END_OF_HEAD) >= length and self._waiting is not None:
            self._buffer = b""
            self._waiting.set_result(int(head[9:12]))

    async def ask(self, request: bytes) -> int:
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        self._transport.close()


async def as_fast_as_possible(port: int, requests: Sequence[bytes], *, connections: int) -> Answers:
    """Closed loop: each connection asks again when it was answered, until all are asked."""
    answers, left = Answers(), iter(requests)

    async def ask_on(connection: Connection) -> None:
        for request in left:
            since = time.perf_counter()
            answers.add(await connection.ask(request), since)

    opened = [await _open(port) for _ in range(connections)]
    began = time.perf_counter()
    await asyncio.gather(*map(ask_on, opened))
    answers.seconds = time.perf_counter() - began
    for connection in opened:
        connection.close()
    return answers


async def at_a_rate(port: int, requests: Sequence[bytes], *, per_second: float) -> Answers:
    """Open loop: each is due at a fixed time whatever the answers do; one more connection where none is free."""
    answers = Answers()
    free: list[Connection] = []

    async def ask(request: bytes, due: float) -> None:
        while free and not free[-1].is_open:  # the server lets go of who is silent for some seconds
            free.pop()
        connection = free.pop() if free else await _open(port)
        answers.add(await connection.ask(request), due)
        free.append(connection)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as all_:
        for number, request in enumerate(requests):
            due = began + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            all_.create_task(ask(request, due))
    answers.seconds = time.perf_counter() - began
    for connection in free:
        connection.close()
    return answers


async def _open(port: int) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection
