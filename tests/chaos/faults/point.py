"""Death or a long standstill at a named point of a process: see `tests/chaos/points.py` for the points."""

import asyncio
import json
import signal
from random import Random

from tests.chaos.calls import wall_clock
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick
from tests.chaos.points import passed_by

PASSED_WITHIN_S = 8.0


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    process = pick(chance, [name for name in ground.service_processes() if passed_by(name)])
    point = pick(chance, passed_by(process))
    action = "kill" if chance.random() < 0.75 else "stop"
    stopped_s = chance.uniform(1, 6)
    return await strike(ground, process, point, action=action, nth=chance.randint(1, 4), stopped_s=stopped_s)


async def strike(
    ground: Ground,
    process: str,
    point: str,
    *,
    action: str = "kill",
    nth: int = 1,
    linger_s: float = 0,
    stopped_s: float = 2,
) -> Inflicted:
    """A point that nobody passes in time is told as such: it proves nothing, and breaks nothing."""
    armed, pid = ground.armed / f"{process}.json", ground.pid(process)
    struck = armed.with_suffix(".struck")
    struck.unlink(missing_ok=True)
    order = {"point": point, "action": action, "nth": nth, "linger_s": linger_s}
    draft = armed.with_suffix(".draft")
    draft.write_text(json.dumps(order | {"until": wall_clock() + PASSED_WITHIN_S}))
    draft.rename(armed)
    if not await ground.comes(struck, PASSED_WITHIN_S + linger_s + 1):
        armed.unlink(missing_ok=True)
        return Inflicted(process, f"{point} was not passed", missed=True)
    if action == "kill":
        await ground.replaced(process, pid)
        return Inflicted(process, f"{point} #{nth} kill")
    if pid is not None:
        await ground.standing_still(pid)
        await asyncio.sleep(stopped_s)
        ground.send_to(pid, signal.SIGCONT)
    return Inflicted(process, f"{point} #{nth} stop {stopped_s:.1f} s")
