"""The stream is crash-only: no part of it may end unseen."""

import asyncio

from shared.messaging.stream import EndedByItself, _for_ever


async def test_a_part_that_ends_by_itself_ends_the_stream() -> None:
    async def returns() -> None:
        return

    async def is_cancelled_by_nobody() -> None:
        raise asyncio.CancelledError

    for work in (returns, is_cancelled_by_nobody):
        async with asyncio.timeout(5):
            task = asyncio.create_task(_for_ever(work()))
            await asyncio.wait([task])
        assert isinstance(task.exception(), EndedByItself)

    task = asyncio.create_task(_for_ever(asyncio.Event().wait()))
    await asyncio.wait([task], timeout=0.01)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
