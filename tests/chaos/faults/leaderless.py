"""One of three brokers is lost, then a second: no partition has a leader, while one broker lives and says so.

The second comes back first, and the path must go on with one node still lost. Longer than a request may take, so that a
producer's sequence is broken and must be begun anew.
"""

import asyncio
from random import Random

from tests.chaos.calls import wall_clock
from tests.chaos.cluster import NODES, name
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground

LOST_S = 3.0
LEADERLESS_S = 25.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    assert ground.cluster is not None
    supervisor = ground.cluster.supervisor
    await ground.find_the_lost()
    lost, second = chance.sample([name(node) for node in NODES], k=2)
    for one in (lost, second):
        supervisor.process(one).kill()
        await supervisor.halt(one)
        await asyncio.sleep(LOST_S)
    await asyncio.sleep(LEADERLESS_S)
    await supervisor.resume(second)
    ground.lost.append(lost)
    return Inflicted(f"{lost}, {second}", f"{LEADERLESS_S:.0f} s without leaders", back_at=wall_clock())
