"""The stream is crash-only: no part of it may end unseen."""

import asyncio

import pytest

from shared.messaging import stream
from shared.messaging.stream import EndedByItself, _for_ever, all_for_ever


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


async def test_a_part_that_cannot_be_ended_does_not_keep_the_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As one in a COMMIT that nobody answers: a cancellation never goes through it."""
    monkeypatch.setattr(stream, "_END_S", 0.05)
    answered, cancellations = asyncio.Event(), 0

    async def in_a_commit() -> None:
        nonlocal cancellations
        while not answered.is_set():
            try:
                await answered.wait()
            except asyncio.CancelledError:
                cancellations += 1

    async def fails() -> None:
        raise LookupError("stuck")

    async with asyncio.timeout(5):
        with pytest.raises(ExceptionGroup) as failed:
            await all_for_ever(in_a_commit(), fails())
    assert [type(one) for one in failed.value.exceptions] == [LookupError]
    assert cancellations == 2
    answered.set()


async def test_a_stream_that_is_told_to_end_ends_its_parts() -> None:
    ended = asyncio.Event()

    async def part() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    running = asyncio.create_task(all_for_ever(part(), asyncio.Event().wait()))
    await asyncio.wait([running], timeout=0.01)
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()
    assert ended.is_set()
