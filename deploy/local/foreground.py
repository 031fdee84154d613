"""A stack that runs until somebody ends it: Ctrl-C or SIGTERM, at any moment, also while it is still starting.

The first such signal stops everything in order; a second one leaves at once, and the kernel ends the processes.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta

from deploy.local.stack import LocalStack

EXIT_IMPATIENT = 130

WhenReady = Callable[[timedelta], Awaitable[None]]


async def run_until_told(stack: LocalStack, when_ready: WhenReady) -> None:
    """`when_ready` is given the time that starting took, and is cancelled when the stack is told to stop."""
    told = _stop_signal()
    work = asyncio.create_task(_start_and_stay(stack, when_ready))
    waiting = asyncio.create_task(told.wait())
    try:
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
            return
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    finally:
        waiting.cancel()
        await stack.stop()


async def _start_and_stay(stack: LocalStack, when_ready: WhenReady) -> None:
    await when_ready(await stack.start())


def _stop_signal() -> asyncio.Event:
    told = asyncio.Event()

    def hear() -> None:
        if told.is_set():
            os._exit(EXIT_IMPATIENT)
        told.set()

    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, hear)
    return told
