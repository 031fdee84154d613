"""kill -9 of the database server: its connections die with it; started again, it recovers from its log."""

from random import Random

from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    pid = ground.pid("postgres")
    ground.stack.process("postgres").kill()
    return Inflicted("postgres", back_at=await ground.replaced("postgres", pid))
