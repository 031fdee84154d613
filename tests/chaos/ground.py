"""The ground of a run: a whole stack of its own on free ports, each service process able to die where it is told.

Everything that hurts goes through here, so that it can be undone: what was stopped is continued, what was taken away is
given back, before anybody judges the run.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeVar

import asyncpg

from deploy.local import topology
from deploy.local.ports import Ports
from deploy.local.probes import AnswersOk
from deploy.local.processes import ProcessSpec
from deploy.local.stack import LocalStack, StackOptions
from deploy.local.topology import Topology, Wiring
from tests.chaos.calls import wall_clock
from tests.chaos.cluster import Cluster, given
from tests.chaos.disks import MEGABYTES, Disk, mount
from tests.chaos.points import ARMED, PROCESS, TWIN

T = TypeVar("T")
INFRASTRUCTURE = ("postgres", "kafka", "issuer")


def trapped(armed: Path, twin: str) -> Topology:
    """The real services, each started through `points`."""

    def services(wiring: Wiring) -> Sequence[ProcessSpec]:
        return [_trapped(spec, armed, twin) for spec in topology.services(wiring)]

    return services


def _trapped(spec: ProcessSpec, armed: Path, twin: str) -> ProcessSpec:
    python, dash_m, *module = spec.command
    assert (python, dash_m) == (sys.executable, "-m"), spec.command
    told = {ARMED: str(armed), PROCESS: spec.name} | ({TWIN: twin} if twin else {})
    return replace(
        spec,
        command=[python, dash_m, "tests.chaos.points", *module],
        environment={**spec.environment, **told},
    )


class Ground:
    """`planted`: places of records that the run itself put on topics. `small_disks`: asked for, perhaps refused.

    `lost`: nodes of a cluster of brokers that are away until somebody needs them all.
    """

    def __init__(self, folder: Path, *, twin: str = "", small_disks: bool = False, many_brokers: bool = False) -> None:
        self.folder = folder
        self.armed = folder / "armed"
        self.armed.mkdir(parents=True, exist_ok=True)
        options = StackOptions(fresh=True, durable=True, services=trapped(self.armed, twin))
        self.stack = LocalStack(folder / "stack", Ports.free(), options)
        self.planted: list[str] = []
        self.disks: dict[str, Disk] = {}
        self.no_disks = "no small disks were asked for"
        self.cluster: Cluster | None = None
        self.lost: list[str] = []
        self._small_disks = small_disks
        self._many_brokers = many_brokers
        self._stopped: set[int] = set()
        self._names: list[str] = []

    async def start(self) -> None:
        if self._small_disks:
            self._mount()
        if self._many_brokers:
            self.cluster = await Cluster.start(self.folder / "cluster")
        with given(self.cluster.bootstrap) if self.cluster else nullcontext():
            await self.stack.start()
        self._names = [one.spec.name for one in self.stack.supervisor.processes()]

    def service_processes(self) -> list[str]:
        """In a fixed order, without what a fault has added."""
        return sorted(name for name in self._names if name not in INFRASTRUCTURE)

    def pid(self, name: str) -> int | None:
        return self.stack.process(name).pid

    def send(self, name: str, what: signal.Signals) -> bool:
        """False if it does not run at the moment."""
        pid = self.pid(name)
        return pid is not None and self.send_to(pid, what)

    def send_to(self, pid: int, what: signal.Signals) -> bool:
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            return False
        if what is signal.SIGSTOP:
            self._stopped.add(pid)
        if what is signal.SIGCONT:
            self._stopped.discard(pid)
        return True

    def family(self, name: str) -> list[int]:
        """The process and its children, children last: PostgreSQL is a server with one process per connection."""
        pid = self.pid(name)
        if pid is None:
            return []
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    async def ready(self, name: str, within_s: float = 60) -> float:
        """Waits until it has been started again and answers; returns the wall-clock time of that."""
        process = self.stack.process(name)
        async with asyncio.timeout(within_s):
            while process.pid is None or not await process.spec.is_ready():
                await asyncio.sleep(0.05)
        return wall_clock()

    async def replaced(self, name: str, pid: int | None, within_s: float = 60) -> float:
        """Waits until another process than `pid` runs under this name and answers."""
        async with asyncio.timeout(within_s):
            while self.pid(name) in {None, pid}:
                await asyncio.sleep(0.05)
        return await self.ready(name, within_s)

    async def comes(self, file: Path, within_s: float) -> bool:
        """Whether the file is there in time."""
        until = asyncio.get_running_loop().time() + within_s
        while not _is_there(file) and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.02)
        return _is_there(file)

    async def standing_still(self, pid: int) -> None:
        """Waits until it has stopped itself; from then on `heal` would continue it."""
        self._stopped.add(pid)
        async with asyncio.timeout(5):
            while _state(pid) not in "TXZ":
                await asyncio.sleep(0.02)

    async def second(self, name: str) -> str:
        """Starts another process of the same kind beside it; returns its name."""
        spec = self.stack.process(name).spec
        port = Ports.free().console
        other = f"{name}-2"
        environment = {
            key: str(port) if key.endswith("_METRICS_PORT") else value for key, value in spec.environment.items()
        } | {PROCESS: other}
        if other in {one.spec.name for one in self.stack.supervisor.processes()}:
            await self.stack.supervisor.resume(other)
            return other
        twin = replace(spec, name=other, environment=environment, is_ready=AnswersOk(port), address="")
        await self.stack.supervisor.start([twin])
        return other

    async def connect(self, service: str) -> asyncpg.Connection:
        """To a service's database, as an administrator."""
        databases = self.stack.wiring.databases
        return await asyncpg.connect(databases.admin_dsn.rsplit("/", 1)[0] + f"/{databases.name(service)}", timeout=5)

    async def heal(self) -> None:
        """Whatever still stands still goes on, and everything that should run does."""
        for pid in list(self._stopped):
            self.send_to(pid, signal.SIGCONT)
        for file in self.armed.glob("*.json"):
            file.unlink(missing_ok=True)
        for disk in self.disks.values():
            disk.free()
        await self.find_the_lost()
        for name in self._names:
            await self.ready(name)

    async def find_the_lost(self) -> None:
        while self.lost and self.cluster is not None:
            await self.cluster.supervisor.resume(self.lost.pop())

    async def stop(self) -> None:
        """Leaves no process, no data of the servers and no mount behind; the logs stay in the folder."""
        for pid in list(self._stopped):
            self.send_to(pid, signal.SIGCONT)
        await self.stack.stop()
        if self.cluster is not None:
            await self.cluster.stop()
        for disk in self.disks.values():
            disk.unmount()
        self.stack.wipe()

    def _mount(self) -> None:
        places = {"postgres": self.stack.places.postgres, "kafka": self.stack.places.kafka}
        for name, place in places.items():
            mounted = mount(place, MEGABYTES[name])
            if isinstance(mounted, str):
                self.no_disks = mounted
                return
            self.disks[name] = mounted


def _is_there(file: Path) -> bool:
    return file.exists()


def _state(pid: int) -> str:
    """One letter as the kernel has it; Z for one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def pick(chance: Random, things: Sequence[T]) -> T:
    return things[chance.randrange(len(things))]
