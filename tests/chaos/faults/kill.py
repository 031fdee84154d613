"""kill -9 of one of our processes, any, at any moment. Its supervisor starts it again."""

import signal
from random import Random

from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    """Returns when it answers again: two dead at once are another fault."""
    name = pick(chance, ground.service_processes())
    pid = ground.pid(name)
    ground.send(name, signal.SIGKILL)
    await ground.replaced(name, pid)
    return Inflicted(name)
