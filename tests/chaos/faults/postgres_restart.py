"""The database is stopped in order and started again after a few seconds."""

import asyncio
from random import Random

from tests.chaos.calls import wall_clock
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    for_s = chance.uniform(0.5, 8)
    await ground.stack.supervisor.halt("postgres")
    await asyncio.sleep(for_s)
    await ground.stack.supervisor.resume("postgres")
    return Inflicted("postgres", f"{for_s:.1f} s", back_at=wall_clock())
