"""`make chaos`: runs with fixed seeds over all kinds of faults, each judged; exit 1 if any promise was broken.

    python -m tests.chaos.run                              the programme: twelve runs
    python -m tests.chaos.run --seed 7 --minutes 5         mixed runs of a minute each, from that seed on
    python -m tests.chaos.run --selection kafka            one selection
    python -m tests.chaos.run --twin mark_before_send      exit 0 only if the planted defect turns its check red
    python -m tests.chaos.run --soak --minutes 30          no faults; the memory of each process must stay flat

A run's folder is kept if something was broken, and its path is printed.
"""

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Iterator

from tests.chaos.outcome import Outcome, concluded
from tests.chaos.printed import say, show, show_all
from tests.chaos.rounds import Plan, new_folder, run_once
from tests.chaos.selections import SELECTIONS
from tests.chaos.soak import soak
from tests.chaos.twins.catalogue import TWINS, Twin

RATE_PER_S = 50.0
PROGRAMME = (
    *(("one_dead", 10, 45), ("kills", 11, 30), ("points", 12, 45), ("ends", 13, 20), ("zombies", 14, 45)),
    *(("postgres", 15, 40), ("locks", 16, 20), ("kafka", 17, 45), ("topics", 18, 20), ("disks", 19, 30)),
    *(("cluster", 20, 40), ("mixed", 21, 60)),
)


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    if asked.twin:
        return asyncio.run(_twin(asked.twin, TWINS[asked.twin]))
    if asked.soak:
        return soak(minutes=asked.minutes or 30, rate_per_s=asked.rate or 20.0, seed=asked.seed or 1)
    outcomes = [asyncio.run(_judged(plan)) for plan in _plans(asked)]
    show_all(outcomes)
    return int(not all(outcome.holds for outcome in outcomes))


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.run")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--rate", type=float, help="reports per second; 50 unless told")
    parser.add_argument("--selection", choices=sorted(SELECTIONS))
    parser.add_argument("--twin", choices=sorted(TWINS))
    parser.add_argument("--soak", action="store_true")
    return parser.parse_args(arguments)


def _plans(asked: argparse.Namespace) -> Iterator[Plan]:
    rate_per_s = asked.rate or RATE_PER_S
    if asked.seed is None and asked.minutes is None and asked.selection is None:
        for name, seed, seconds in PROGRAMME:
            yield Plan(seed, name, SELECTIONS[name], seconds, rate_per_s=rate_per_s)
        return
    name, seed, until = asked.selection or "mixed", asked.seed or 1, time.monotonic() + 60 * (asked.minutes or 0)
    while True:
        yield Plan(seed, name, SELECTIONS[name], 60, rate_per_s=rate_per_s)
        seed += 1
        if time.monotonic() >= until:
            return


async def _judged(plan: Plan) -> Outcome:
    folder = new_folder(plan)
    outcome = concluded(plan, folder, await run_once(plan, folder))
    show(outcome)
    if outcome.holds:
        shutil.rmtree(folder)
    return outcome


async def _twin(name: str, twin: Twin) -> int:
    plan = twin_plan(name, twin)
    folder = new_folder(plan)
    outcome = concluded(plan, folder, await run_once(plan, folder))
    say(f"{name}: red are {', '.join(sorted(outcome.red)) or 'none'}; expected {twin.check}")
    if twin.check in outcome.red:
        shutil.rmtree(folder)
        return 0
    show(outcome)
    say(f"The planted defect was not seen. Its history is in {folder}")
    return 1


def twin_plan(name: str, twin: Twin) -> Plan:
    return Plan(
        seed=1,
        name=f"twin-{name}",
        selection=twin.selection,
        seconds=twin.seconds,
        rate_per_s=twin.rate_per_s,
        pages_share=twin.pages_share,
        people=twin.people,
        drain_within_s=twin.drain_within_s,
        twin=name,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
