"""The demo from the first person registered to the summary, on a stack that runs.

`play` is what happens in the city; `conclude` counts it. Each can be looked at by itself.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from deploy.local.credentials import write_private
from deploy.local.demo.api import Api
from deploy.local.demo.arrivals import Arrivals
from deploy.local.demo.caseload import Caseload
from deploy.local.demo.city import City, made_up_city
from deploy.local.demo.desk import Desk
from deploy.local.demo.follow import Follower
from deploy.local.demo.lines import Names, cluster_names
from deploy.local.demo.outcome import event_log
from deploy.local.demo.phones import NetworkConfig
from deploy.local.demo.register import PhonePorts, Registrar
from deploy.local.demo.replay import Replayed, Source, Week, read_week, replay
from deploy.local.demo.storyteller import Storyteller
from deploy.local.logs import Echo
from deploy.local.places import PROJECT
from deploy.local.ports import free_ports
from deploy.local.probes import AnswersOk
from deploy.local.processes import ProcessSpec
from deploy.local.stack import LocalStack, StackOptions
from deploy.local.topology import Wiring, migration

PROGRAMME = PROJECT / "deploy" / "programs" / "dc_onse"
POLICY = "dispatch_policy.demo.json"
SETTLES_WITHIN_S = 45.0
LOOK_EVERY_S = 0.1


@dataclass(frozen=True)
class DemoOptions:
    """`within`: the whole week takes so long. `most`: only so many reports, the first in time."""

    seed: int = 2022
    within: timedelta = timedelta(seconds=30)
    most: int | None = None


@dataclass
class Played:
    """What there is to be counted. `seconds`: how long each part took."""

    city: City
    week: Week
    arrivals: Arrivals
    replayed: Replayed = field(default_factory=Replayed)
    follower: Follower = field(default_factory=Follower)
    seconds: dict[str, float] = field(default_factory=dict)
    desk_activated: set[str] = field(default_factory=set)


def stack_options(*, echo: Echo | None = None, durable: bool = True) -> StackOptions:
    """A clean stack that has the programme loaded before its services start."""
    return StackOptions(fresh=True, echo=echo, durable=durable, migration=_with_programme)


def _with_programme(wiring: Wiring) -> ProcessSpec:
    command = [sys.executable, "-m", "deploy.local.programme", str(PROGRAMME), POLICY]
    return replace(migration(wiring), command=command)


class Demo:
    def __init__(self, stack: LocalStack, options: DemoOptions, console: Console) -> None:
        self._stack = stack
        self._options = options
        self._console = console

    async def play(self) -> Played:
        began = time.monotonic()
        async with Api() as api:
            city = made_up_city(PROGRAMME, self._options.seed)
            arrivals = await self._people(api, city)
            source = self._source()
            week = await read_week(PROGRAMME / "demo_week.csv", source, self._options.within, self._options.most)
            played = Played(city, week, arrivals)
            played.seconds["preparing"] = time.monotonic() - began
            self._announce(played)
            await self._week(api, played, source)
        return played

    async def _people(self, api: Api, city: City) -> Arrivals:
        listening, refusing = free_ports(2)
        phones = await Registrar(self._stack, api, PhonePorts(listening, refusing)).make_known(city)
        folder = self._stack.places.state
        config = NetworkConfig(
            alerts_url=self._stack.wiring.url("alerts"),
            port=listening,
            refusing_port=refusing,
            arrivals=folder / "arrivals.jsonl",
            phones=phones,
        )
        config.arrivals.unlink(missing_ok=True)
        write_private(folder / "phones.json", config.model_dump_json())
        await self._stack.supervisor.start([_phones(folder / "phones.json", listening)])
        people, cases = len(city.interrupters), len(city.case_managers)
        self._say(f"{people} made-up interrupters, {cases} case managers and {len(phones) - people} desks registered")
        return Arrivals(config.arrivals)

    async def _week(self, api: Api, played: Played, source: Source) -> None:
        began, wiring = time.monotonic(), self._stack.wiring
        dispatcher = self._stack.token(["dispatcher"], sub="duty-desk")
        desk = Desk(api, wiring.url("intake"), dispatcher, played.desk_activated)
        teller = self._storyteller(api, played, dispatcher)
        async with _beside(played.follower.run(event_log(self._stack))), _beside(teller.run()):
            async with _beside(desk.work()), asyncio.TaskGroup() as together:
                together.create_task(replay(played.week, source, played.replayed))
                together.create_task(Caseload(self._stack, api).live(played.city))
            await desk.work_off()
            played.seconds["the week"] = time.monotonic() - began
            await _settled(played)
            await teller.look()
        played.seconds["settling"] = time.monotonic() - began - played.seconds["the week"]

    def _storyteller(self, api: Api, played: Played, token: str) -> Storyteller:
        workers = {str(one.worker): one.call_sign for one in played.city.interrupters}
        return Storyteller(
            console=self._console,
            names=Names(workers, cluster_names(PROGRAMME)),
            follower=played.follower,
            arrivals=played.arrivals,
            replayed=played.replayed,
            api=api,
            intake_url=self._stack.wiring.url("intake"),
            token=token,
        )

    def _source(self) -> Source:
        return Source(
            url=self._stack.wiring.url("intake"),
            police_token=self._stack.token(["source"], sub="police-feed", source_kind="police"),
            resident_token=self._stack.token(["source"], sub="resident-line", source_kind="resident"),
        )

    def _announce(self, played: Played) -> None:
        shown, whole = len(played.week.reports), self._options.within.total_seconds()
        self._console.print(
            f"\n[bold]One real week in {whole:.0f} seconds[/bold]: {shown} police reports of violence of 22 to 28 "
            "August 2022, in their order, all gaps shortened alike.\nDays and times are those of the reports. The "
            "people are made up; the webhooks to their phones are real.\n",
            highlight=False,
            soft_wrap=True,
        )

    def _say(self, words: str) -> None:
        self._console.print(words, highlight=False)


async def _settled(played: Played) -> None:
    """Until every activated incident has its end and everybody is home again, or time is up: the summary then tells."""
    loop = asyncio.get_running_loop()
    until = loop.time() + SETTLES_WITHIN_S
    while loop.time() < until:
        played.arrivals.read_on()
        known = played.replayed.activated_by_policy | played.desk_activated
        activated = played.follower.activated()
        complete = known <= activated.keys() and not played.follower.without_end(played.arrivals)
        if complete and all(one.is_at_rest for one in activated.values()):
            return
        await asyncio.sleep(LOOK_EVERY_S)


def _phones(config: Path, port: int) -> ProcessSpec:
    return ProcessSpec(
        name="phones",
        command=[sys.executable, "-m", "deploy.local.demo.phones", str(config)],
        is_ready=AnswersOk(port),
        address=f"http://127.0.0.1:{port}",
    )


@asynccontextmanager
async def _beside(work: Awaitable[None]) -> AsyncIterator[None]:
    """The work goes on inside the block and ends with it. If it fails, the block fails with it."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_awaited(work))
        yield
        task.cancel()


async def _awaited(work: Awaitable[None]) -> None:
    await work
