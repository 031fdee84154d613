"""Concurrent requests carried out together: whoever comes while others are at work waits for the next round.

One round is one transaction, so its commit is paid for once. Whoever comes when nobody is at work and nobody just was
is a round of its own at once. Otherwise rounds are a breath apart: a few milliseconds of waiting make half as many
rounds of twice the size, which is what keeps a busy process from being late (as `commit_delay` does in PostgreSQL).
A round that takes long does not hold up the others: the next one begins beside it. An answer is given after the commit
only. What a round leaves out, or a round that fails, is for the caller to carry out alone.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared.observability.logs import get_logger
from shared.persistence.sqlstate import sqlstate

A = TypeVar("A")
R = TypeVar("R")
MOST = 32
AT_ONCE = 2
BREATH_S = 0.002
LONG_S = 0.03
log = get_logger(__name__)


class Batcher(Generic[A, R]):
    """`carry_out` gives an answer for each, None for those that must be carried out alone."""

    def __init__(self, carry_out: Callable[[Sequence[A]], Awaitable[Sequence[R | None]]]) -> None:
        self._carry_out = carry_out
        self._waiting: deque[tuple[A, asyncio.Future[R | None]]] = deque()
        # Under way, the oldest first, with the time of its beginning.
        self._rounds: dict[asyncio.Task[None], float] = {}
        self._ended_at = float("-inf")
        self._alarm: asyncio.TimerHandle | None = None

    async def ask(self, asked: A) -> R | None:
        """None: nothing was done for it."""
        answer: asyncio.Future[R | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        self._begin_if_due()
        return await answer

    def _begin_if_due(self) -> None:
        """Else an alarm is set for when a round is due, unless one that ends will look for itself."""
        if not self._waiting or len(self._rounds) == AT_ONCE:
            return
        loop = asyncio.get_running_loop()
        wait_s = self._due_at() - loop.time()
        if wait_s <= 0.0:
            self._silence()
            taken = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            # A task of its own: a caller who goes away takes nobody's round along.
            self._rounds[asyncio.create_task(self._carry_out_round(taken))] = loop.time()
        elif self._alarm is None:
            self._alarm = loop.call_later(wait_s, self._wake)

    def _due_at(self) -> float:
        if len(self._waiting) >= MOST:
            return float("-inf")
        oldest = next(iter(self._rounds.values()), float("-inf"))
        return max(self._ended_at + BREATH_S, oldest + LONG_S)

    def _wake(self) -> None:
        self._alarm = None
        self._begin_if_due()

    def _silence(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    async def _carry_out_round(self, taken: Sequence[tuple[A, asyncio.Future[R | None]]]) -> None:
        try:
            answers = await self._round([asked for asked, _ in taken])
            for (_, waiting), answer in zip(taken, answers, strict=True):
                if not waiting.done():
                    waiting.set_result(answer)
        finally:
            # Of a round that was cut off nobody knows what became of it; those who have their answer keep it.
            for _, waiting in taken:
                waiting.cancel()
            # In this very turn: in a later one, who comes in between would find no place and nobody who looks for them.
            del self._rounds[_this_task()]
            self._ended_at = asyncio.get_running_loop().time()
            self._silence()
            self._begin_if_due()

    async def _round(self, asked: Sequence[A]) -> Sequence[R | None]:
        try:
            return await self._carry_out(asked)
        except Exception as error:  # noqa: BLE001 - each is carried out alone, and there it shows whose fault it is
            log.warning("batch.taken_apart", error=type(error).__name__, sqlstate=sqlstate(error), size=len(asked))
            return [None] * len(asked)


def _this_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None
    return task
