"""Two workers of one service at once, as during a deployment or by mistake; now and then one of them is killed."""

import asyncio
import signal
from random import Random

from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    name = pick(chance, [one for one in ground.service_processes() if not one.endswith("-api")])
    other = await ground.second(name)
    await asyncio.sleep(chance.uniform(2, 5))
    killed = chance.random() < 0.5
    if killed:
        pid = ground.pid(name)
        ground.send(name, signal.SIGKILL)
        await ground.replaced(name, pid)
    await asyncio.sleep(chance.uniform(1, 3))
    await ground.stack.supervisor.halt(other)
    return Inflicted(name, "the first was killed" if killed else "")
