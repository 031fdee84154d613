"""The disk of the database or of the broker is full for a while. Needs a small file system of its own: see `disks`."""

import asyncio
from random import Random

from tests.chaos.calls import wall_clock
from tests.chaos.disks import Disk
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick

LONGEST_S = 12.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    """Waits until the server answers again: a full disk may have ended it."""
    name = pick(chance, ("postgres", "kafka"))
    disk: Disk | None = ground.disks.get(name)
    if disk is None:
        return Inflicted(name, refused=ground.no_disks)
    for_s = chance.uniform(3, LONGEST_S)
    await asyncio.to_thread(disk.fill)
    await asyncio.sleep(for_s)
    disk.free()
    freed_at = wall_clock()
    await ground.ready(name, within_s=90)
    return Inflicted(name, f"{for_s:.1f} s, answering after {wall_clock() - freed_at:.1f} s", back_at=wall_clock())
