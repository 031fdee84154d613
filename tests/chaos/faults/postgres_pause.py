"""SIGSTOP of the database server and every connection's process: commits under way are neither done nor undone."""

import asyncio
import signal
from random import Random

from tests.chaos.calls import wall_clock
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground

LONGEST_S = 6.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    return await pause(ground, chance.uniform(0.5, LONGEST_S))


async def pause(ground: Ground, for_s: float) -> Inflicted:
    family = ground.family("postgres")
    for pid in family:
        ground.send_to(pid, signal.SIGSTOP)
    await asyncio.sleep(for_s)
    for pid in family:
        ground.send_to(pid, signal.SIGCONT)
    return Inflicted("postgres", f"{for_s:.1f} s", back_at=wall_clock())
