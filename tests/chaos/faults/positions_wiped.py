"""The table of positions is emptied under a running consumer: everything is read again and must change nothing."""

from random import Random

from shared.contracts.topics import SERVICES
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    service = pick(chance, SERVICES)
    connection = await ground.connect(service)
    try:
        wiped = await connection.execute("DELETE FROM consumer_positions")
    finally:
        await connection.close()
    return Inflicted(service, wiped)
