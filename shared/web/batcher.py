"""Concurrent requests carried out together: whoever comes while others are at work waits for the next round.

One round is one transaction, so its commit is paid for once. Nobody waits for company: alone, a request is a round of
its own. An answer is given after the commit only. What a round leaves out, or a round that fails, is for the caller to
carry out alone.
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
log = get_logger(__name__)


class Batcher(Generic[A, R]):
    """`carry_out` gives an answer for each, None for those that must be carried out alone."""

    def __init__(self, carry_out: Callable[[Sequence[A]], Awaitable[Sequence[R | None]]]) -> None:
        self._carry_out = carry_out
        self._waiting: deque[tuple[A, asyncio.Future[R | None]]] = deque()
        self._rounds: set[asyncio.Task[None]] = set()

    async def ask(self, asked: A) -> R | None:
        """None: nothing was done for it."""
        answer: asyncio.Future[R | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if len(self._rounds) < AT_ONCE:
            # A task of its own: a caller who goes away takes nobody's round along.
            self._rounds.add(asyncio.create_task(self._work()))
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._next_round()
        finally:
            # In the very turn that saw nobody waiting: one turn later, who comes
            # in between would start no worker and hang.
            self._rounds.discard(asyncio.current_task())

    async def _next_round(self) -> None:
        taken = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        answers = await self._round([asked for asked, _ in taken])
        for (_, waiting), answer in zip(taken, answers, strict=True):
            if not waiting.done():
                waiting.set_result(answer)

    async def _round(self, asked: Sequence[A]) -> Sequence[R | None]:
        try:
            return await self._carry_out(asked)
        except Exception as error:  # noqa: BLE001 - each is carried out alone, and there it shows whose fault it is
            log.warning("batch.taken_apart", error=type(error).__name__, sqlstate=sqlstate(error), size=len(asked))
            return [None] * len(asked)
