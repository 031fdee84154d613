"""SIGSTOP of the broker: connections stay open and nothing is answered."""

import asyncio
import signal
from random import Random

from tests.chaos.calls import wall_clock
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    for_s = chance.uniform(2, 25)
    ground.send("kafka", signal.SIGSTOP)
    await asyncio.sleep(for_s)
    ground.send("kafka", signal.SIGCONT)
    return Inflicted("kafka", f"{for_s:.1f} s", back_at=wall_clock())
