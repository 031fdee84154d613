"""Wake-up hints between the processes of one service: a coalesced NOTIFY on a connection of its own.

Only a hint. Polling is the guarantee; a lost or late hint costs a poll interval and nothing else, which is why its
failures are counted and logged, not raised. A NOTIFY inside the hot transaction would serialize all commits.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

import asyncpg

from shared.observability.logs import get_logger
from shared.observability.metrics import HINT_FAILURES
from shared.persistence.sqlstate import DATABASE_ERRORS

OUTBOX = "truce_outbox"
DELIVERIES = "truce_deliveries"
COALESCE_S = 0.02
_RECONNECT_S = 1.0
log = get_logger(__name__)


class Hint:
    """Sends at most one NOTIFY per channel and 20 ms, the first at once, whatever the number of commits."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Any = None
        self._task: asyncio.Task[None] | None = None
        self._waiting: set[str] = set()

    def poke(self, channels: Iterable[str]) -> None:
        self._waiting.update(channels)
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        while self._waiting:
            notices = "; ".join(f"NOTIFY {channel}" for channel in sorted(self._waiting))
            self._waiting.clear()
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await asyncpg.connect(self._dsn, timeout=3)
                await self._connection.execute(notices, timeout=3)
            except DATABASE_ERRORS as error:
                HINT_FAILURES.inc()
                log.warning("hint.failed", error=type(error).__name__)
                return
            await asyncio.sleep(COALESCE_S)

    async def close(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task], timeout=3)
        if self._connection is not None:
            self._connection.terminate()


class Listener:
    """Turns one channel's NOTIFYs into wake-ups of any number of waiters. Reconnects by itself."""

    def __init__(self, dsn: str, channel: str) -> None:
        self._dsn = dsn
        self._channel = channel
        self._waiters: list[asyncio.Event] = []

    def waiter(self) -> asyncio.Event:
        event = asyncio.Event()
        self._waiters.append(event)
        return event

    def _wake(self, *_: object) -> None:
        for event in self._waiters:
            event.set()

    async def run(self) -> None:
        while True:
            try:
                await self._listen()
            except DATABASE_ERRORS as error:
                HINT_FAILURES.inc()
                log.warning("hint.listener_lost", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_S)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=3)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(self._channel, self._wake)
            self._wake()
            await lost.wait()
        finally:
            connection.terminate()


async def wait_for_work(event: asyncio.Event, *, at_most_s: float) -> None:
    """Returns on a hint or after `at_most_s`, whichever is first, and clears the hint."""
    try:
        async with asyncio.timeout(at_most_s):
            await event.wait()
    except TimeoutError:
        return
    finally:
        event.clear()
