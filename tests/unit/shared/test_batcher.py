"""Whoever asks at the same time is served in one round, and nobody suffers from another."""

import asyncio
import math
from collections.abc import Sequence

import pytest

from shared.web import batcher
from shared.web.batcher import AT_ONCE, LONG_S, MOST, Batcher
from tests.support.waiting import eventually, turns_after_standing_still


@pytest.fixture
def _nothing_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is."""
    monkeypatch.setattr(batcher, "LONG_S", 3600.0)


class Rounds:
    """Each round, or the first ones, waits until it is let go; it answers twice what was asked, nothing to odd ones."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.go = asyncio.Event()
        self.waiting = math.inf
        self.fails = False
        self.batcher: Batcher[int, int] = Batcher(self._carry_out)

    async def _carry_out(self, asked: Sequence[int]) -> list[int | None]:
        self.sizes.append(len(asked))
        if len(self.sizes) <= self.waiting:
            await self.go.wait()
        if self.fails:
            raise ValueError
        return [None if one % 2 else 2 * one for one in asked]

    async def second_began(self) -> bool:
        return len(self.sizes) == AT_ONCE

    async def asking(self, *numbers: int) -> list[asyncio.Task[int | None]]:
        """Each has asked, one after the other, and has no answer yet."""
        tasks = []
        for number in numbers:
            tasks.append(asyncio.create_task(self.batcher.ask(number)))
            await turns_after_standing_still(2, still_s=0)
        return tasks


@pytest.mark.usefixtures("_nothing_takes_long")
async def test_who_comes_while_others_are_at_work_waits_for_the_next_round() -> None:
    rounds = Rounds()
    tasks = await rounds.asking(*range(10))
    assert rounds.sizes == [1]
    rounds.go.set()
    assert await asyncio.gather(*tasks) == [None if one % 2 else 2 * one for one in range(10)]
    assert rounds.sizes == [1, 9]


async def test_who_comes_alone_waits_for_nobody_and_who_comes_right_behind_waits_a_breath(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batcher, "BREATH_S", 0.5)
    rounds = Rounds()
    rounds.go.set()
    (first,) = await rounds.asking(0)
    assert rounds.sizes == [1]
    await first
    tasks = await rounds.asking(2, 4, 6)
    assert rounds.sizes == [1]
    assert await asyncio.gather(*tasks) == [4, 8, 12]
    assert rounds.sizes == [1, 3]


async def test_a_round_that_takes_long_does_not_hold_up_the_others() -> None:
    rounds = Rounds()
    tasks = await rounds.asking(0, 2, 4)
    await eventually(rounds.second_began)
    more = await rounds.asking(6, 8)
    await turns_after_standing_still(5, still_s=2 * LONG_S)
    assert rounds.sizes == [1, 2]  # two at once are the limit
    rounds.go.set()
    assert await asyncio.gather(*tasks, *more) == [0, 4, 8, 12, 16]


async def test_beside_a_round_that_hangs_the_others_follow_each_other_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batcher, "BREATH_S", 0.0)
    monkeypatch.setattr(batcher, "LONG_S", 0.3)
    rounds = Rounds()
    rounds.waiting = 1
    hangs, second = await rounds.asking(0, 2)
    assert await second == 4
    for number in (4, 6):
        (asked,) = await rounds.asking(number)
        assert len(rounds.sizes) == number // 2 + 1
        assert await asked == 2 * number
    rounds.go.set()
    assert await hangs == 0


@pytest.mark.usefixtures("_nothing_takes_long")
async def test_a_full_round_begins_beside_another_and_has_its_limit() -> None:
    rounds = Rounds()
    tasks = await rounds.asking(*range(1 + MOST + 1))
    assert rounds.sizes == [1, MOST]
    rounds.go.set()
    await asyncio.gather(*tasks)
    assert rounds.sizes == [1, MOST, 1]


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
    tasks = await rounds.asking(0, 2)
    await eventually(rounds.second_began)

    async def comes_as_they_end() -> int | None:
        await rounds.go.wait()
        return await rounds.batcher.ask(100)

    late = asyncio.create_task(comes_as_they_end())
    await turns_after_standing_still(2, still_s=0)
    rounds.go.set()
    await asyncio.gather(*tasks)
    async with asyncio.timeout(1):
        assert await late == 200


async def test_a_round_that_is_cut_off_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = Rounds()

    async def cut_off(_: Sequence[int]) -> list[int | None]:
        raise asyncio.CancelledError

    monkeypatch.setattr(rounds.batcher, "_carry_out", cut_off)
    async with asyncio.timeout(1):
        answers = await asyncio.gather(*(rounds.batcher.ask(number) for number in (0, 2)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError] * 2
