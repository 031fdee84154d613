"""Somebody holds a lock on a table in use, perhaps longer than anybody may wait for one: a careless console."""

import asyncio
from random import Random

import asyncpg

from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick

TABLES = (
    *(("intake", "incidents"), ("intake", "outbox"), ("intake", "consumer_positions")),
    *(("alerts", "dispatches"), ("alerts", "offers"), ("alerts", "deliveries"), ("alerts", "outbox")),
    *(("alerts", "applied"), ("alerts", "consumer_positions"), ("reporting", "consumer_positions")),
)
# The services wait 10 s for a lock.
LONGEST_S = 13.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    service, table = pick(chance, TABLES)
    return await hold(ground, service, table, chance.uniform(1, LONGEST_S))


async def hold(ground: Ground, service: str, table: str, for_s: float) -> Inflicted:
    """Gives up after a few tries if the table is too busy to be had: that is told, and nothing was held."""
    connection = await ground.connect(service)
    try:
        await connection.execute("SET lock_timeout = '2s'")
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(for_s)
    except asyncpg.LockNotAvailableError:
        return Inflicted(f"{service}.{table}", "could not be had", missed=True)
    finally:
        await connection.close()
    return Inflicted(f"{service}.{table}", f"{for_s:.1f} s")
