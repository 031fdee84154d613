"""SIGSTOP of one of our processes: it neither works nor ends, and then goes on as if nothing had happened."""

import asyncio
import signal
from random import Random

from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick

SHORTEST_S, LONGEST_S = 1.0, 60.0


async def inflict(ground: Ground, chance: Random, longest_s: float = LONGEST_S) -> Inflicted:
    """Mostly short: the longest are as rare as they are long."""
    name = pick(chance, ground.service_processes())
    for_s = min(longest_s, SHORTEST_S + chance.expovariate(1 / 6))
    ground.send(name, signal.SIGSTOP)
    await asyncio.sleep(for_s)
    ground.send(name, signal.SIGCONT)
    return Inflicted(name, f"{for_s:.1f} s")
