"""Whoever asks at the same time is served in one round, and nobody suffers from another."""

import asyncio
from collections.abc import Sequence

from shared.web.batcher import AT_ONCE, MOST, Batcher
from tests.support.waiting import turns_after_standing_still


class Rounds:
    """Each round waits until it is let go; what it answers is twice what was asked, and nothing to odd ones."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.go = asyncio.Event()
        self.fails = False
        self.batcher: Batcher[int, int] = Batcher(self._carry_out)

    async def _carry_out(self, asked: Sequence[int]) -> list[int | None]:
        self.sizes.append(len(asked))
        await self.go.wait()
        if self.fails:
            raise ValueError
        return [None if one % 2 else 2 * one for one in asked]

    async def asking(self, *numbers: int) -> list[asyncio.Task[int | None]]:
        """Each has asked, one after the other, and has no answer yet."""
        tasks = []
        for number in numbers:
            tasks.append(asyncio.create_task(self.batcher.ask(number)))
            await turns_after_standing_still(2, still_s=0)
        return tasks


async def test_who_comes_while_others_are_at_work_waits_for_the_next_round() -> None:
    rounds = Rounds()
    tasks = await rounds.asking(*range(10))
    assert rounds.sizes == [1] * AT_ONCE
    rounds.go.set()
    assert await asyncio.gather(*tasks) == [None if one % 2 else 2 * one for one in range(10)]
    assert rounds.sizes == [1] * AT_ONCE + [10 - AT_ONCE]


async def test_a_round_has_its_limit() -> None:
    rounds = Rounds()
    tasks = await rounds.asking(*range(AT_ONCE + MOST + 1))
    rounds.go.set()
    await asyncio.gather(*tasks)
    assert sorted(rounds.sizes) == sorted([1] * AT_ONCE + [MOST, 1])


async def test_a_round_that_fails_leaves_each_to_be_carried_out_alone_and_the_next_goes_on() -> None:
    rounds = Rounds()
    rounds.fails = True
    tasks = await rounds.asking(0, 2, 4)
    rounds.go.set()
    assert await asyncio.gather(*tasks) == [None, None, None]
    rounds.fails = False
    assert await rounds.batcher.ask(6) == 12


async def test_a_caller_who_goes_away_takes_nobody_along() -> None:
    rounds = Rounds()
    first, second, third = await rounds.asking(2, 4, 6)
    for gone in (first, third):
        gone.cancel()
    rounds.go.set()
    assert await second == 8
    assert await rounds.batcher.ask(8) == 16


async def test_who_comes_in_the_very_turn_in_which_all_rounds_end_is_served() -> None:
    rounds = Rounds()
    tasks = await rounds.asking(*range(0, 2 * AT_ONCE, 2))

    async def comes_as_they_end() -> int | None:
        await rounds.go.wait()
        return await rounds.batcher.ask(100)

    late = asyncio.create_task(comes_as_they_end())
    await turns_after_standing_still(2, still_s=0)
    rounds.go.set()
    await asyncio.gather(*tasks)
    async with asyncio.timeout(1):
        assert await late == 200
