"""kill -9 of the broker; its supervisor starts it again with its data."""

from random import Random

from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    pid = ground.pid("kafka")
    ground.stack.process("kafka").kill()
    return Inflicted("kafka", back_at=await ground.replaced("kafka", pid))
