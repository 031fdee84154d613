"""One run: a stack, a crew, a load, faults; then healing, draining and a dump, with what the run itself has measured.

The order of things is the same in every run, and so is the seed's meaning; only the machine's own timing differs.
"""

import asyncio
import importlib
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from deploy.local.places import STATE
from deploy.local.ports import free_ports
from deploy.local.probes import accepts
from shared.contracts.topics import SERVICES
from tests.chaos.calls import Caller, wall_clock
from tests.chaos.crew import Crew, gather_crew
from tests.chaos.driver import Driver
from tests.chaos.dump import Deployment, dump
from tests.chaos.ground import Ground
from tests.chaos.history import Fault, Recorder, Run
from tests.chaos.progress import DRAIN_WITHIN_S, drained, resumed_after
from tests.chaos.selections import Inflict, Selection

PHONES = "phones"
Beside = Callable[[Ground], Awaitable[None]]


@dataclass(frozen=True)
class Plan:
    """What is to be run. `pages_share`: of the reports, how many open an incident that pages at once.

    `least_faults`: the load goes on beyond its time until so many have come, however slow the machine is.
    """

    seed: int
    name: str
    selection: Selection
    seconds: float
    rate_per_s: float = 50.0
    pages_share: float = 0.05
    people: int = 48
    least_faults: int = 0
    drain_within_s: float = DRAIN_WITHIN_S
    twin: str = ""


@dataclass
class Measured:
    """Times in seconds: until the path moved after something was back, until a process ended, until all was done."""

    faults: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)
    resumed_s: list[tuple[str, float]] = field(default_factory=list)
    ended_s: list[tuple[str, float]] = field(default_factory=list)
    drained_s: float = 0.0
    left: dict[str, int] = field(default_factory=dict)
    reports: int = 0


def new_folder(plan: Plan) -> Path:
    folder = STATE / "chaos" / f"{time.strftime('%Y%m%d-%H%M%S')}-{plan.name}-{plan.seed}"
    folder.mkdir(parents=True)
    return folder


async def run_once(plan: Plan, folder: Path, beside: Beside | None = None) -> Measured:
    """The folder then holds the whole history. The stack is gone when this returns, whatever happened.

    `beside` is done while the load lasts, and cancelled when it is over.
    """
    recorder, measured = Recorder(folder), Measured()
    for name in ("calls", "received", "faults"):
        (folder / f"{name}.jsonl").touch()
    weights = plan.selection.weights
    ground = Ground(folder, twin=plan.twin, small_disks="disk_full" in weights, many_brokers="leaderless" in weights)
    try:
        await ground.start()
        await _undermine(plan, ground)
        [port] = free_ports(1)
        crew = await gather_crew(ground.stack, seed=plan.seed, count=plan.people, phones_port=port)
        began_at = wall_clock()
        async with _phones(folder / PHONES, crew, port) as phones:
            watching = asyncio.ensure_future(beside(ground)) if beside is not None else None
            await _load(plan, ground, crew, recorder, measured)
            if watching is not None:
                watching.cancel()
            await ground.heal()
            phones.write(b"heal\n")
            healed_at = wall_clock()
            measured.drained_s, measured.left = await drained(ground, within_s=plan.drain_within_s)
            await phones.drain()
        _gather(folder)
        recorder.run(_run(plan, crew, ground, began_at, healed_at))
        await dump(recorder, _deployment(ground))
    finally:
        await ground.stop()
    return measured


async def _undermine(plan: Plan, ground: Ground) -> None:
    """A planted defect may need more than a process: an index that is not there."""
    if plan.twin:
        twin = importlib.import_module(f"tests.chaos.twins.{plan.twin}")
        if hasattr(twin, "undermine"):
            await twin.undermine(ground)


@asynccontextmanager
async def _phones(folder: Path, crew: Crew, port: int) -> AsyncIterator[asyncio.StreamWriter]:
    """The receivers' process; it has left, with everybody's last word said, when this ends."""
    crew.save(folder)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.phones", str(folder), str(port)), stdin=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    try:
        async with asyncio.timeout(20):
            while not await accepts(port):
                assert process.returncode is None, "the phones could not start"
                await asyncio.sleep(0.05)
        yield process.stdin
        process.stdin.write(b"leave\n")
        async with asyncio.timeout(120):
            assert await process.wait() == 0, "the phones ended with an error of their own"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _load(plan: Plan, ground: Ground, crew: Crew, recorder: Recorder, measured: Measured) -> None:
    """The load lasts until the last fault is over: there is always something to get going again for."""
    caller, over = Caller(recorder), asyncio.Event()
    driver = Driver(crew, caller, rate_per_s=plan.rate_per_s, pages_share=plan.pages_share)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(driver.run(over))
            await _hurt(plan, ground, recorder, measured)
            over.set()
    finally:
        await caller.close()
    measured.reports = driver.sent


async def _hurt(plan: Plan, ground: Ground, recorder: Recorder, measured: Measured) -> None:
    chance, until_at = Random(f"{plan.seed} faults"), wall_clock() + plan.seconds
    names, weights = list(plan.selection.weights), list(plan.selection.weights.values())
    # The first is awaited like all others: what is hit must have something to do.
    await asyncio.sleep(min(2.0, plan.seconds))
    while names and (wall_clock() < until_at or measured.faults.total() < plan.least_faults):
        kind = chance.choices(names, weights)[0]
        await _one(kind, plan.selection.inflict(kind), (ground, chance), recorder, measured)
        await asyncio.sleep(chance.uniform(*plan.selection.pause_s))
    await asyncio.sleep(max(0.0, until_at - wall_clock()))


async def _one(
    kind: str, inflict: Inflict, where: tuple[Ground, Random], recorder: Recorder, measured: Measured
) -> None:
    began_at, (ground, chance) = wall_clock(), where
    told = await inflict(ground, chance)
    if told.refused:
        measured.refused[kind] = told.refused
        return
    if told.missed:
        measured.missed[f"{kind} {told.target} {told.detail}"] += 1
        return
    detail = told.detail
    if told.back_at is not None:
        took_s = await resumed_after(ground, told.back_at)
        measured.resumed_s.append((kind, took_s))
        detail = f"{detail} going again after {took_s:.1f} s".strip()
    if told.ended_in_s is not None:
        measured.ended_s.append((told.target, told.ended_in_s))
    measured.faults[kind] += 1
    recorder.fault(Fault(kind, told.target, began_at, wall_clock(), detail))


def _gather(folder: Path) -> None:
    """What the phones' process wrote, into the run's own files."""
    for name in ("calls", "received"):
        written = folder / PHONES / f"{name}.jsonl"
        if written.exists():
            with (folder / f"{name}.jsonl").open("a", encoding="utf-8") as file:
                file.write(written.read_text())


def _run(plan: Plan, crew: Crew, ground: Ground, began_at: float, healed_at: float) -> Run:
    return Run(
        seed=plan.seed,
        began_at=began_at,
        healed_at=healed_at,
        ended_at=wall_clock(),
        rate_per_s=plan.rate_per_s,
        policy=crew.policy,
        workers=crew.workers,
        desks=crew.desks,
        selection=plan.name,
        planted=tuple(ground.planted),
    )


def _deployment(ground: Ground) -> Deployment:
    wiring = ground.stack.wiring
    return Deployment(
        bootstrap=wiring.kafka_bootstrap,
        prefix=wiring.topic_prefix,
        dsns={service: wiring.databases.dsn(service) for service in SERVICES},
        reporting_url=wiring.url("reporting"),
        token=ground.stack.token(["program_office"]),
    )
