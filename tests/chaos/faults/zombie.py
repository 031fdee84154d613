"""A worker that wakes after its work was given to another: it stood still for longer than its session and its lease."""

import asyncio
import signal
from random import Random

from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick

# The group's session and the relay's lease are 10 s, an urgent delivery's lease 8 s.
ASLEEP_S = 16.0
AWAKE_TOGETHER_S = 4.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    name = pick(chance, [one for one in ground.service_processes() if not one.endswith("-api")])
    sleeper = ground.pid(name)
    ground.send(name, signal.SIGSTOP)
    other = await ground.second(name)
    await asyncio.sleep(ASLEEP_S)
    if sleeper is not None:
        ground.send_to(sleeper, signal.SIGCONT)
    await asyncio.sleep(AWAKE_TOGETHER_S)
    await ground.stack.supervisor.halt(other)
    return Inflicted(name, f"asleep {ASLEEP_S:.0f} s while another worked")
