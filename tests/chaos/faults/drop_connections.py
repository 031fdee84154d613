"""All connections to one service's database are ended by the server, in the middle of whatever they do."""

from random import Random

from shared.contracts.topics import SERVICES
from tests.chaos.calls import wall_clock
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick

_DROP = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    service = pick(chance, SERVICES)
    connection = await ground.connect(service)
    try:
        dropped = await connection.fetchval(_DROP)
    finally:
        await connection.close()
    return Inflicted(service, f"{dropped} connections", back_at=wall_clock())
