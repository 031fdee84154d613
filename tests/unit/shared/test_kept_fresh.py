"""A value that is looked up ahead of time: nobody waits while it is asked for, and it is never older than said."""

import asyncio

import pytest

from shared.runtime.kept_fresh import KeptFresh
from tests.support.waiting import turns_after_standing_still

FOR_S = 100.0


class Looks:
    """Each look gives the next number once it may; `fails`: how many of those to come do not."""

    def __init__(self) -> None:
        self.made = 0
        self.fails = 0
        self.may = asyncio.Event()
        self.may.set()
        self.given: list[int | None] = []

    async def __call__(self, before: int | None) -> int:
        self.given.append(before)
        await self.may.wait()
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        self.made += 1
        return self.made


class Clock:
    """Stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def kept_of(looks: Looks) -> tuple[KeptFresh[int], Clock]:
    clock = Clock()
    return KeptFresh(looks, for_s=FOR_S, clock=clock), clock


async def test_any_number_at_once_make_one_look_and_who_comes_soon_after_none() -> None:
    looks = Looks()
    kept, clock = kept_of(looks)
    assert await asyncio.gather(*(kept.get() for _ in range(20))) == [1] * 20
    clock.now += FOR_S * 0.4
    assert await kept.get() == 1
    await turns_after_standing_still(5, still_s=0)
    assert looks.given == [None]


async def test_in_the_second_half_of_its_time_nobody_waits_and_one_look_is_made_beside_them() -> None:
    looks = Looks()
    kept, clock = kept_of(looks)
    await kept.get()
    clock.now += FOR_S * 0.6
    looks.may.clear()
    assert [await asyncio.wait_for(kept.get(), 1) for _ in range(3)] == [1, 1, 1]
    await turns_after_standing_still(5, still_s=0)
    assert looks.given == [None, 1], "and is given what was known"
    looks.may.set()
    await turns_after_standing_still(5, still_s=0)
    assert await kept.get() == 2


async def test_who_finds_it_older_than_its_time_waits_for_the_look() -> None:
    looks = Looks()
    kept, clock = kept_of(looks)
    await kept.get()
    clock.now += FOR_S
    looks.may.clear()
    waiting = asyncio.ensure_future(kept.get())
    await turns_after_standing_still(5, still_s=0)
    assert not waiting.done()
    looks.may.set()
    assert await waiting == 2


async def test_it_is_as_old_as_its_look_began() -> None:
    looks = Looks()
    kept, clock = kept_of(looks)
    looks.may.clear()
    waiting = asyncio.ensure_future(kept.get())
    await turns_after_standing_still(5, still_s=0)
    clock.now += FOR_S
    looks.may.set()
    assert await waiting == 1
    assert await kept.get() == 2


async def test_a_look_that_fails_is_raised_to_who_waits_and_not_beside_and_the_next_looks_anew() -> None:
    looks = Looks()
    kept, clock = kept_of(looks)
    looks.fails = 1
    with pytest.raises(ConnectionError):
        await kept.get()
    assert await kept.get() == 1
    clock.now += FOR_S * 0.6
    looks.fails = 1
    assert await kept.get() == 1
    await turns_after_standing_still(5, still_s=0)
    assert await kept.get() == 1, "what is known serves on"
    await turns_after_standing_still(5, still_s=0)
    assert await kept.get() == 2
    clock.now += FOR_S
    looks.fails = 1
    with pytest.raises(ConnectionError):
        await kept.get()


async def test_who_goes_away_takes_nobodys_look_along() -> None:
    looks = Looks()
    kept, _ = kept_of(looks)
    looks.may.clear()
    gone, stays = (asyncio.ensure_future(kept.get()) for _ in range(2))
    await turns_after_standing_still(5, still_s=0)
    gone.cancel()
    await turns_after_standing_still(5, still_s=0)
    looks.may.set()
    assert await stays == 1
