"""The stack that runs in this project, seen from another process: by its lock, never by guessing from names."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.credentials import Credentials
from deploy.local.databases import Databases
from deploy.local.failures import StackFailure
from deploy.local.infrastructure import GivenServers, Infrastructure
from deploy.local.locks import holder_of, is_held
from deploy.local.logs import ProcessLog
from deploy.local.marks import Mark
from deploy.local.places import PROJECT, STACK_LOCK, Places
from deploy.local.ports import Ports
from deploy.local.processes import inherited_environment
from deploy.local.topology import Wiring, migration

STOP_WITHIN_S = 60.0
POLL_S = 0.1


@dataclass(frozen=True)
class Running:
    mark: Mark
    state: Path
    issuer: str
    ready: str | None

    @classmethod
    def find(cls, lock: Path = STACK_LOCK) -> "Running | None":
        told = holder_of(lock)
        if not told:
            return None
        mark = Mark(told["verb"], told["pid"], told["start_tick"])
        return cls(mark, Path(told["state"]), told["issuer"], told.get("ready"))

    @classmethod
    def require(cls) -> "Running":
        found = cls.find()
        if found is None:
            raise StackFailure("No stack is running here: start one with `make up`, then try again.")
        return found

    def processes(self) -> list[dict[str, Any]]:
        try:
            entries: list[dict[str, Any]] = json.loads((self.state / "processes.json").read_text())
        except FileNotFoundError:
            return []
        return entries

    def wiring(self) -> Wiring:
        """What its services are told, from its state folder and the fixed ports."""
        ports, credentials = Ports(), Credentials.of(self.state)
        parts = Infrastructure(Places(self.state), ports, credentials, GivenServers())
        return Wiring(ports, credentials, Databases(parts.admin_dsn, credentials), parts.kafka_bootstrap)

    def stop(self, lock: Path = STACK_LOCK) -> bool:
        """True if it stopped by itself, False if it had to be killed; the kernel then ends its processes."""
        if self.mark.is_alive:
            os.kill(self.mark.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_S
        while is_held(lock) and time.monotonic() < deadline:
            time.sleep(POLL_S)
        if not is_held(lock):
            return True
        if self.mark.is_alive:
            os.kill(self.mark.pid, signal.SIGKILL)
        return False


def start_detached(output: Path, show: Callable[[str], None]) -> str:
    """Run `up` in the background; returns its ready line, or raises what it said when it could not start."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "up"],
            cwd=PROJECT,
            env=inherited_environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    said = ProcessLog(output)
    while process.poll() is None:
        for line in said.new_lines():
            show(line)
        found = Running.find()
        if found is not None and found.mark.pid == process.pid and found.ready:
            return found.ready
        time.sleep(POLL_S)
    raise StackFailure(said.last_words())


def load_programme(running: Running, folder: Path, policy: str) -> int:
    """Through the services' own command lines; the exit code."""
    return run_module(running, "deploy.local.programme", str(folder), policy, folder=PROJECT)


def run_module(running: Running, module: str, *words: str, folder: Path | None = None) -> int:
    """With what the running stack's services are told; its exit code. `folder`: where it runs, None: here."""
    told = dict(migration(running.wiring()).environment)
    environment = inherited_environment() | told | {"PYTHONPATH": str(PROJECT)}
    return subprocess.run([sys.executable, "-m", module, *words], check=False, cwd=folder, env=environment).returncode
