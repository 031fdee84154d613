"""`make soak`: half an hour of load without faults, in which the memory of no process of ours may keep growing.

Resident memory is sampled every few seconds. After a warm-up the slope of the samples (least squares) is what grows:
more than a tenth of the process, over the time that was watched, is a leak.
"""

import asyncio
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos.ground import Ground
from tests.chaos.outcome import concluded
from tests.chaos.printed import say, show
from tests.chaos.rounds import Plan, new_folder, run_once
from tests.chaos.selections import SELECTIONS

SAMPLE_EVERY_S = 5.0
WARM_UP_SHARE = 1 / 3
MOST_GROWTH = 0.10
# What a garbage collector's timing alone can move.
SPARE_MB = 4.0
Samples = list[tuple[float, float]]


@dataclass(frozen=True)
class Growth:
    """MB after the warm-up, at the end by the fitted line, and whether that is flat."""

    name: str
    from_mb: float
    to_mb: float

    @property
    def is_flat(self) -> bool:
        return self.to_mb - self.from_mb <= MOST_GROWTH * self.from_mb + SPARE_MB


def soak(*, minutes: float, rate_per_s: float, seed: int) -> int:
    plan = Plan(seed, "soak", SELECTIONS["calm"], 60 * minutes, rate_per_s=rate_per_s)
    return asyncio.run(_soaked(plan, new_folder(plan)))


async def _soaked(plan: Plan, folder: Path) -> int:
    samples: dict[str, Samples] = defaultdict(list)
    measured = await run_once(plan, folder, beside=lambda ground: _sample(ground, samples))
    outcome = concluded(plan, folder, measured)
    show(outcome)
    grown = [growth(name, taken) for name, taken in sorted(samples.items())]
    _show(grown)
    judged = [one for one in grown if one.name not in {"postgres", "kafka", "issuer"}]
    growing = [one.name for one in judged if not one.is_flat]
    if growing:
        say(f"growing: {', '.join(growing)}")
    if outcome.holds and not growing:
        shutil.rmtree(folder)
        return 0
    return 1


async def _sample(ground: Ground, samples: dict[str, Samples]) -> None:
    """Until cancelled. A process that was replaced begins anew, and is then no soak any more: that shows as a fault."""
    loop = asyncio.get_running_loop()
    while True:
        for process in ground.stack.supervisor.processes():
            if process.pid is not None and (resident := resident_mb(process.pid)):
                samples[process.spec.name].append((loop.time(), resident))
        await asyncio.sleep(SAMPLE_EVERY_S)


def resident_mb(pid: int) -> float:
    """0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines.get("VmRSS", "0 kB").split()[0]) / 1024


def growth(name: str, taken: Samples) -> Growth:
    after = taken[int(len(taken) * WARM_UP_SHARE) :]
    times, sizes = [at for at, _ in after], [size for _, size in after]
    mean_at, mean_size = sum(times) / len(times), sum(sizes) / len(sizes)
    spread = sum((at - mean_at) ** 2 for at in times)
    slope = sum((at - mean_at) * (size - mean_size) for at, size in after) / spread if spread else 0.0
    return Growth(name, mean_size + slope * (times[0] - mean_at), mean_size + slope * (times[-1] - mean_at))


def _show(grown: list[Growth]) -> None:
    table = Table("process", "MB after warm-up", "MB at the end", "flat", title="memory (resident)")
    for one in grown:
        table.add_row(one.name, f"{one.from_mb:.1f}", f"{one.to_mb:.1f}", "yes" if one.is_flat else "no")
    Console().print(table)
