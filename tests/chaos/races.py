"""`make soak-races`: 20,000 seeded interleavings of answers, deadlines, endings and the desk on a real database.

    python -m tests.chaos.races                    all of them
    python -m tests.chaos.races --seed 7 --count 500

Exit 1 at the first rule that is broken; its seed and place are told, and the same seed draws the same moves again.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

from deploy.local.ports import Ports
from deploy.local.stack import LocalStack, StackOptions
from tests.chaos.printed import say
from tests.support.deployment import Deployment
from tests.support.race_ground import races
from tests.support.races import Races, RuleBroken

COUNT = 20_000
# How many are wanted, and how many are asked at a time.
GROUNDS = ((1, 1), (1, 3), (2, 1), (2, 2))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.races")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=COUNT)
    asked = parser.parse_args(arguments)
    # Pages that nobody takes and messages that fail are what this is about: they are no news here.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    try:
        asyncio.run(_raced(asked.count, asked.seed))
    except RuleBroken as broken:
        say(str(broken))
        return 1
    return 0


async def _raced(count: int, seed: int) -> None:
    outcomes, began = Counter[tuple[str, str]](), time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        stack = LocalStack(Path(place), Ports.free(), StackOptions(durable=False))
        await stack.start_infrastructure()
        deployment = Deployment(stack, "races")
        try:
            for number, (quota, parallel) in enumerate(GROUNDS):
                async with races(deployment, quota=quota, parallel=parallel, seed=seed + number) as raced:
                    await _watched(raced, count // len(GROUNDS))
                outcomes += raced.outcomes
        finally:
            await deployment.close()
            await stack.stop()
    _show(outcomes, count, time.perf_counter() - began)


async def _watched(raced: Races, count: int) -> None:
    while raced.interleavings < count:
        await raced.run(min(count, raced.interleavings + 1_000))
        say(f"{raced.interleavings:,} interleavings, seed {raced.seed}, {raced.quota} wanted: every rule holds")


def _show(outcomes: Counter[tuple[str, str]], count: int, took_s: float) -> None:
    table = Table("move", "became", "times", title=f"{count:,} interleavings in {took_s:.0f} s")
    for (what, became), times in sorted(outcomes.items()):
        table.add_row(what, became, f"{times:,}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
