"""Waiting for a condition with a deadline: the one place in the tests where time passes on purpose."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
# However busy the machine is: a test that passes waits for none of it.
WITHIN_S = 30.0
# Each look costs a query or a request: what has taken long already is looked at more rarely.
_LOOK_EVERY_S, _AT_LEAST_EVERY_S = 0.02, 0.25
_SHARE_OF_WAITING = 0.1
_NEVER_EVERY_S = 0.1


async def eventually(
    condition: Callable[[], Awaitable[T]], *, within_s: float = WITHIN_S, every_s: float = _LOOK_EVERY_S
) -> T:
    """The first truthy answer. An AssertionError inside counts as not yet, and is raised when time is up."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    until = began + within_s
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
        longer = min(_AT_LEAST_EVERY_S, _SHARE_OF_WAITING * (loop.time() - began))
        await asyncio.sleep(max(every_s, longer))


async def never(condition: Callable[[], Awaitable[object]], *, for_s: float) -> None:
    """Fails as soon as the condition holds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + for_s
    while loop.time() < until:
        assert not await condition(), f"happened: {condition}"
        await asyncio.sleep(_NEVER_EVERY_S)
    assert not await condition(), f"happened: {condition}"


async def a_moment(milliseconds: float) -> None:
    """For what must begin apart from something else by a hair, and not for waiting until it is over."""
    await asyncio.sleep(milliseconds / 1000)


async def turns_after_standing_still(turns: int, *, still_s: float) -> None:
    """The loop reads nothing for a while, whatever has come; then it goes round this many times."""
    time.sleep(still_s)  # noqa: ASYNC251 - the loop is meant to stand still
    for _ in range(turns):
        await asyncio.sleep(0)
