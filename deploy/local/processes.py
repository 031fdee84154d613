"""Starting single processes, tethered: none of them outlives the one who started it, not even after kill -9.

Each gets a session of its own, so that Ctrl-C in the terminal reaches the supervisor alone, which stops them in order.
The kernel ties a child to the *thread* that started it: start processes from the main thread only.
"""

import asyncio
import os
import pwd
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from deploy.local.places import PROJECT
from deploy.local.probes import Probe

TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True)
class Account:
    """A system user that a process runs as."""

    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """None unless this runs as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def nothing_to_do() -> None:
    """The default of `before_each_start`."""


@dataclass(frozen=True)
class ProcessSpec:
    """What to run, how to know that it is ready, and how it wants to be stopped.

    `death_signal` is sent by the kernel when the supervisor dies: KILL for processes that keep nothing in memory
    (every service of ours), a gentler one for those that write files of their own. `shown`: whether its lines appear
    in the terminal and not in its log alone.
    """

    name: str
    command: Sequence[str]
    is_ready: Probe
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = PROJECT
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: str = "KILL"
    account: Account | None = None
    start_within: timedelta = timedelta(seconds=30)
    before_each_start: Callable[[], None] = nothing_to_do
    address: str = ""
    shown: bool = True


class Process(Protocol):
    """A running process, whoever is its parent."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...
    def send_signal(self, what: int, /) -> None: ...


Spawn = Callable[[ProcessSpec, Path], Awaitable[Process]]


async def spawn(spec: ProcessSpec, log_path: Path, pass_fds: tuple[int, ...] = ()) -> Process:
    tether = [sys.executable, "-I", "-S", str(TETHER), "--signal", spec.death_signal, "--parent", str(os.getpid())]
    if spec.account is not None:
        tether += ["--uid", str(spec.account.uid), "--gid", str(spec.account.gid)]
    descriptor = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return await asyncio.create_subprocess_exec(
            *tether,
            "--",
            *spec.command,
            cwd=spec.folder,
            env=inherited_environment() | dict(spec.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    finally:
        os.close(descriptor)


async def run_to_end(spec: ProcessSpec, log_path: Path, spawn: Spawn = spawn) -> int:
    """Run something that ends by itself; its exit code. It is killed when it takes longer than `start_within`."""
    process = await spawn(spec, log_path)
    try:
        async with asyncio.timeout(spec.start_within.total_seconds()):
            return await process.wait()
    finally:
        await end(process, signal.SIGKILL, spec.start_within)


def inherited_environment() -> dict[str, str]:
    """The caller's environment without PostgreSQL's own variables, which would redirect the embedded server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"PYTHONUNBUFFERED": "1"}


async def end(process: Process, how: signal.Signals, grace: timedelta) -> bool:
    """Stop a process and whatever it started. False if it had to be killed."""
    if process.returncode is not None:
        return True
    _tell(process.pid, how)
    try:
        async with asyncio.timeout(grace.total_seconds()):
            await process.wait()
    except TimeoutError:
        _tell(-process.pid, signal.SIGKILL)
        await process.wait()
        return False
    return True


def _tell(pid: int, what: signal.Signals) -> None:
    """A negative pid means the whole session. A process that has just ended needs no telling."""
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return
