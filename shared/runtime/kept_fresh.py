"""A value that is looked up again while it is asked for, at most so often, and is never older than so long.

In the second half of its time it is looked up beside whoever asks, so that nobody waits while it is asked for all the
time; who finds it older than its time waits. Any number who ask at once make one look.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class KeptFresh(Generic[T]):
    """`look`: given the value before it, or None. A look that fails is raised to those who wait for it, and made anew
    for the next who asks; what is known serves on for its time.
    """

    def __init__(
        self, look: Callable[[T | None], Awaitable[T]], *, for_s: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._look = look
        self._for_s = for_s
        self._clock = clock
        self._value: T | None = None
        self._as_of = float("-inf")
        self._looking: asyncio.Task[T] | None = None

    async def get(self) -> T:
        age_s = self._clock() - self._as_of
        if age_s >= self._for_s / 2 and self._looking is None:
            self._looking = asyncio.create_task(self._look_again())
            self._looking.add_done_callback(_seen)
        if self._value is None or age_s >= self._for_s:
            assert self._looking is not None
            return await asyncio.shield(self._looking)
        return self._value

    @property
    def is_old(self) -> bool:
        return self._clock() - self._as_of >= self._for_s

    async def _look_again(self) -> T:
        """It is as old as its look began."""
        as_of = self._clock()
        try:
            self._value = await self._look(self._value)
            self._as_of = as_of
            return self._value
        finally:
            self._looking = None


def _seen(looking: "asyncio.Task[T]") -> None:
    """Whoever waited has it raised; beside them nobody did."""
    if not looking.cancelled():
        looking.exception()
