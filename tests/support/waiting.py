"""Waiting for a condition with a deadline: the one place in the tests where time passes on purpose."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
_LOOK_EVERY_S = 0.02


async def eventually(
    condition: Callable[[], Awaitable[T]], *, within_s: float = 10, every_s: float = _LOOK_EVERY_S
) -> T:
    """The first truthy answer. An AssertionError inside counts as not yet, and is raised when time is up."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while True:
        failed: AssertionError | None = None
        try:
            found = await condition()
        except AssertionError as error:
            found, failed = None, error
        if found:
            return found
        if loop.time() >= until:
            raise failed or AssertionError(f"not within {within_s} s: {condition}")
        await asyncio.sleep(every_s)


async def never(condition: Callable[[], Awaitable[object]], *, for_s: float) -> None:
    """Fails as soon as the condition holds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + for_s
    while loop.time() < until:
        assert not await condition(), f"happened: {condition}"
        await asyncio.sleep(_LOOK_EVERY_S)


async def a_moment(milliseconds: float) -> None:
    """For what must begin apart from something else by a hair, and not for waiting until it is over."""
    await asyncio.sleep(milliseconds / 1000)


async def turns_after_standing_still(turns: int, *, still_s: float) -> None:
    """The loop reads nothing for a while, whatever has come; then it goes round this many times."""
    time.sleep(still_s)  # noqa: ASYNC251 - the loop is meant to stand still
    for _ in range(turns):
        await asyncio.sleep(0)
