"""The supervisor's side of the nursery: asks it for processes and hears of their ends.

What the nursery cannot start (other programs, other accounts), and everything if it is gone, is started the ordinary
way. When the nursery dies, the kernel kills its children; they are then started again like after any accident.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from datetime import timedelta
from pathlib import Path

from deploy.local import processes
from deploy.local.probes import never_asked
from deploy.local.processes import Process, ProcessSpec, inherited_environment

EXIT_WITHIN = timedelta(seconds=5)


class Child:
    """A process that the nursery has started: its end is told, not waited for."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    async def wait(self) -> int:
        await self._ended.wait()
        return self.returncode or 0

    def send_signal(self, what: int) -> None:
        os.kill(self.pid, what)

    def end(self, code: int) -> None:
        self.returncode = code
        self._ended.set()


class Midwife:
    def __init__(self) -> None:
        self._nursery: Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._children: dict[int, Child] = {}
        self._births: asyncio.Queue[Child | None] = asyncio.Queue()
        self._one_at_a_time = asyncio.Lock()

    async def open(self, log_path: Path) -> None:
        """Returns at once; the first birth waits until the libraries are loaded."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "deploy.local.nursery", str(theirs.fileno())]
            spec = ProcessSpec(name="nursery", command=command, is_ready=never_asked)
            self._nursery = await processes.spawn(spec, log_path, pass_fds=(theirs.fileno(),))
        reader, self._writer = await asyncio.open_connection(sock=ours)
        self._listening = asyncio.create_task(self._listen(reader), name="listen to the nursery")

    async def spawn(self, spec: ProcessSpec, log_path: Path) -> Process:
        child = await self._born(spec, log_path) if _suits(spec) else None
        return child or await processes.spawn(spec, log_path)

    async def _born(self, spec: ProcessSpec, log_path: Path) -> Child | None:
        async with self._one_at_a_time:
            if self._writer is None:
                return None
            self._writer.write(_order(spec, log_path))
            return await self._births.get()

    async def close(self) -> None:
        if self._nursery is None or self._listening is None:
            return
        if self._writer is not None:
            self._writer.close()
        await processes.end(self._nursery, signal.SIGTERM, EXIT_WITHIN)
        await self._listening

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            told = json.loads(line)
            if "code" in told:
                self._children.pop(told["pid"]).end(told["code"])
            else:
                child = self._children[told["pid"]] = Child(told["pid"])
                self._births.put_nowait(child)
        self._writer = None
        self._births.put_nowait(None)
        for child in self._children.values():
            child.end(-signal.SIGKILL)


def _suits(spec: ProcessSpec) -> bool:
    return list(spec.command[:2]) == [sys.executable, "-m"] and spec.account is None and spec.death_signal == "KILL"


def _order(spec: ProcessSpec, log_path: Path) -> bytes:
    order = {
        "name": spec.name,
        "module": spec.command[2],
        "arguments": list(spec.command[3:]),
        "environment": inherited_environment() | dict(spec.environment),
        "folder": str(spec.folder),
        "log": str(log_path.absolute()),
    }
    return json.dumps(order).encode() + b"\n"
