"""The broker is killed and stays away: 20 s, or 10 minutes in the long selection."""

import asyncio
from random import Random

from tests.chaos.calls import wall_clock
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground

SHORT_S, LONG_S = 20.0, 600.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    return await away(ground, SHORT_S)


async def inflict_long(ground: Ground, chance: Random) -> Inflicted:
    return await away(ground, LONG_S)


async def away(ground: Ground, for_s: float) -> Inflicted:
    supervisor = ground.stack.supervisor
    ground.stack.process("kafka").kill()
    await supervisor.halt("kafka")
    await asyncio.sleep(for_s)
    await supervisor.resume("kafka")
    return Inflicted("kafka", f"{for_s:.0f} s", back_at=wall_clock())
