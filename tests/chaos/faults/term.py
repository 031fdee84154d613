"""SIGTERM under load: a process lets go of everything and ends, within ten seconds."""

import asyncio
import signal
from random import Random

from tests.chaos.calls import wall_clock
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick

GIVE_UP_S = 60.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    name = pick(chance, ground.service_processes())
    mark, asked_at = ground.stack.process(name).mark, wall_clock()
    pid = ground.pid(name)
    ground.send(name, signal.SIGTERM)
    while mark is not None and mark.is_alive and wall_clock() < asked_at + GIVE_UP_S:
        await asyncio.sleep(0.02)
    took_s = wall_clock() - asked_at
    await ground.replaced(name, pid)
    return Inflicted(name, f"ended after {took_s:.1f} s", ended_in_s=took_s)
