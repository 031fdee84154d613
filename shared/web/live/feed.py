"""Follows a feed for everybody who is connected: one reader of the database, any number of streams.

Whoever is behind reads what was told lately, or the database: a stream holds a position and nothing more, so that
a slow one costs no memory.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from shared.messaging import feed as rows
from shared.messaging.feed import Change
from shared.observability.logs import get_logger
from shared.observability.metrics import STREAMS
from shared.persistence.database import Database
from shared.persistence.hint import OUTBOX, Listener, wait_for_work
from shared.persistence.transaction import Transaction
from shared.web.live.event_stream import EventStream, event, hello, reload_all, still_here
from shared.web.problems import Problem

T = TypeVar("T")
POLL_S = 0.25
# While nobody follows, what waits is only numbered, not often, and little at a time: reports are taken beside it.
IDLE_S = 5.0
IDLE_AT_A_TIME = 50
IDLE_BREATH_S = 0.02
AT_A_TIME = 50
RECENT = 500
MOST_STREAMS = 200
HEARTBEAT_S = 15.0
# A stream does not outlive its token for long: it ends, and whoever comes again shows a token anew.
LONGEST_S = 900.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Telling(Generic[T]):
    """What is told of one change: JSON in one line, and what it is judged by whom it is for.

    `event`: its name, if it is another than the feed's.
    """

    data: str
    about: T
    event: str | None = None


@dataclass(frozen=True, slots=True)
class _Told(Generic[T]):
    position: int
    wire: bytes
    about: T


# What each change of a batch is to tell, in their order.
Tell = Callable[[Transaction, Sequence[Change]], Awaitable[Sequence[Telling[T]]]]


class LiveFeed(Generic[T]):
    def __init__(self, db: Database, name: str, event_name: str, tell: Tell[T]) -> None:
        self.name = name
        self._db = db
        self._event_name = event_name
        self._tell = tell
        # None: nobody follows. Else `_recent` has what comes last up to here, without a gap.
        self._head: int | None = None
        self._recent: deque[_Told[T]] = deque(maxlen=RECENT)
        self._news = asyncio.Event()
        self._wanted = asyncio.Event()
        self._reading = asyncio.Semaphore(2)
        self._streams = 0
        self._has_ended = False

    def end(self) -> None:
        """Streams end at once, because the process is about to. Whoever was connected resumes at another."""
        self._has_ended = True
        self._ring()

    async def open(self, last_event_id: str | None, wants: Callable[[T], bool]) -> EventStream:
        """From behind the last event that the caller has, or from now on. Raises a 400 or 503 Problem."""
        wanted = _position(last_event_id)
        if self._streams >= MOST_STREAMS or self._has_ended:
            raise Problem(503, "busy", "Too many streams are open. Come again.", headers={"Retry-After": "2"})
        async with self._reading, self._db.transaction() as tx:
            last = await rows.head(tx, self.name)
            is_known = wanted is None or await rows.is_kept(tx, self.name, wanted)
        if not is_known:
            return EventStream(self._follow(last, reload_all(last), wants))
        position = last if wanted is None else wanted
        return EventStream(self._follow(position, hello(position), wants))

    async def run(self) -> None:
        """Never returns. A look that fails is logged and taken again; streams stay open meanwhile."""
        listener = Listener(self._db.dsn, OUTBOX)
        woken = listener.waiter()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listener.run())
            while True:
                try:
                    more = await self._look()
                except Exception:  # the database may be away, or a row be what nobody foresaw
                    log.exception("feed.look_failed", feed=self.name)
                    more = False
                if not more:
                    await self._wait(woken)

    async def _wait(self, woken: asyncio.Event) -> None:
        if self._streams:
            await wait_for_work(woken, at_most_s=POLL_S)
        else:
            await wait_for_work(self._wanted, at_most_s=IDLE_S)

    async def _look(self) -> bool:
        """Whether there may be more at once."""
        at_most = rows.BATCH if self._streams else IDLE_AT_A_TIME
        async with self._db.transaction() as tx:
            numbered = await rows.number(tx, self.name, at_most)
        if not self._streams:
            self._head = None
            self._recent.clear()
            if numbered:
                await wait_for_work(self._wanted, at_most_s=IDLE_BREATH_S)
            return numbered == at_most
        told: Sequence[_Told[T]] = ()
        async with self._db.transaction() as tx:
            if self._head is None:
                self._head = await rows.head(tx, self.name)
            else:
                told = await self._read(tx, self._head)
        if told:
            self._recent.extend(told)
            self._head = told[-1].position
        self._ring()
        return bool(told)

    def _ring(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _follow(self, position: int, began: bytes, wants: Callable[[T], bool]) -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        spoke_at = loop.time()
        until = spoke_at + LONGEST_S
        self._streams += 1
        STREAMS.labels(self.name).set(self._streams)
        self._wanted.set()
        try:
            yield began
            while not self._has_ended and loop.time() < until:
                news = self._news
                told = await self._behind(position)
                position = told[-1].position if told else position
                wires = [one.wire for one in told if wants(one.about)]
                if not wires and loop.time() - spoke_at >= HEARTBEAT_S:
                    wires = [still_here(position)]
                if wires:
                    yield b"".join(wires)
                    spoke_at = loop.time()
                elif not told:
                    await _heard(news, spoke_at + HEARTBEAT_S)
        finally:
            self._streams -= 1
            STREAMS.labels(self.name).set(self._streams)

    async def _behind(self, position: int) -> Sequence[_Told[T]]:
        """What follows a stream's position, as far as this process knows of it."""
        if self._head is None or position >= self._head:
            return ()
        if self._recent and self._recent[0].position <= position + 1:
            skipped = position + 1 - self._recent[0].position
            return tuple(islice(self._recent, skipped, skipped + AT_A_TIME))
        async with self._reading:
            return await self._db.retrying(lambda tx: self._read(tx, position))

    async def _read(self, tx: Transaction, position: int) -> Sequence[_Told[T]]:
        changes = await rows.behind(tx, self.name, position, limit=AT_A_TIME)
        tellings = await self._tell(tx, changes) if changes else ()
        return [
            _Told(
                change.position,
                event(telling.event or self._event_name, change.position, telling.data),
                telling.about,
            )
            for change, telling in zip(changes, tellings, strict=True)
        ]


async def _heard(news: asyncio.Event, until: float) -> None:
    try:
        async with asyncio.timeout_at(until):
            await news.wait()
    except TimeoutError:
        return


def _position(last_event_id: str | None) -> int | None:
    """Nothing, like the empty id of a browser that has had no event, is from now on."""
    if not last_event_id:
        return None
    if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= 18):
        raise Problem(400, "bad-position", "Last-Event-ID is not the id of an event of this feed.")
    return int(last_event_id)
