"""Ending tasks so that none of them can hold up who ends them."""

import asyncio
from collections.abc import Collection
from typing import Any


async def end(tasks: "Collection[asyncio.Future[Any]]", *, within_s: float) -> None:
    """Cancels them; who has not ended then is left behind.

    Asked twice: before Python 3.12 the Kafka client may forget a cancellation that comes together with an answer.
    """
    for _ in range(2):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=within_s / 2)
