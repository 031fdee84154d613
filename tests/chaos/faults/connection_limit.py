"""Others have taken every connection the server gives, and one service loses those it had."""

import asyncio
from random import Random

import asyncpg

from tests.chaos.calls import wall_clock
from tests.chaos.faults import drop_connections
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground

LONGEST_S = 10.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    """One connection stays ours until the end, or nobody could see whether the path goes on."""
    taken: list[asyncpg.Connection] = []
    dropped = ""
    try:
        await _take_all(ground, taken)
        await taken.pop().close()
        dropped = (await drop_connections.inflict(ground, chance)).target
        await _take_all(ground, taken)
        await asyncio.sleep(chance.uniform(2, LONGEST_S))
    finally:
        for connection in taken:
            connection.terminate()
    return Inflicted(dropped, f"{len(taken)} taken", back_at=wall_clock())


async def _take_all(ground: Ground, taken: list[asyncpg.Connection]) -> None:
    dsn = ground.stack.wiring.databases.admin_dsn
    while True:
        try:
            taken.append(await asyncpg.connect(dsn, timeout=5))
        except (asyncpg.TooManyConnectionsError, asyncpg.CannotConnectNowError, OSError, TimeoutError):
            return
