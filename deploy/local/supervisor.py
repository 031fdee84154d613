"""Keeps a set of processes running and ends them in reverse order of their start.

What is running is written to `processes.json` at every change, so that the next supervisor of the same folder can
wait for processes that a killed one left in their last moments, before it touches their data or ports.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from deploy.local import marks
from deploy.local.logs import Echo, ProcessLog, shorten
from deploy.local.processes import ProcessSpec, Spawn, spawn
from deploy.local.supervised import Supervised

LEFTOVER_PATIENCE = timedelta(seconds=10)
TAIL_EVERY_S = 0.2
STACK = "stack"


class Supervisor:
    """`echo` is given each line that a process or the supervisor itself says, in short form."""

    def __init__(
        self,
        state: Path,
        echo: Echo | None = None,
        stop_within: timedelta = timedelta(seconds=10),
        spawn: Spawn = spawn,
    ) -> None:
        self._spawn = spawn
        self._record = state / "processes.json"
        self._logs = state / "logs"
        self._echo = echo
        self._stop_within = stop_within
        self._stages: list[list[Supervised]] = []
        self._watching: asyncio.Task[None] | None = None
        self._logs.mkdir(parents=True, exist_ok=True)

    def log_path(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def processes(self) -> list[Supervised]:
        return [process for stage in self._stages for process in stage]

    def process(self, name: str) -> Supervised:
        return next(process for process in self.processes() if process.spec.name == name)

    async def outlive_leftovers(self, patience: timedelta = LEFTOVER_PATIENCE) -> None:
        """Processes of a supervisor that was killed get a moment to end, then are ended."""
        left = [mark for mark in marks.read(self._record) if mark.is_alive]
        for mark in await asyncio.to_thread(marks.outlive, left, patience.total_seconds()):
            self.say(STACK, f"{mark.name} (process {mark.pid}) was left by an earlier run and had to be killed")

    async def start(self, specs: Sequence[ProcessSpec]) -> None:
        """Start them together and wait until all are ready. The first that fails is told; `stop` cleans up."""
        stage = [self._supervised(spec) for spec in specs]
        self._stages.append(stage)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch_logs(), name="watch logs")
        for process in stage:
            process.launch()
        try:
            async with asyncio.TaskGroup() as group:
                for process in stage:
                    group.create_task(process.until_ready())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def stop(self) -> None:
        while self._stages:
            stage = self._stages.pop()
            await asyncio.gather(*(process.stop(self._stop_within) for process in stage))
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        self._record.unlink(missing_ok=True)

    async def halt(self, name: str) -> None:
        """Stop one process and leave it stopped."""
        await self.process(name).stop(self._stop_within)

    async def resume(self, name: str) -> None:
        self.process(name).launch()
        await self.process(name).until_ready()

    def say(self, name: str, words: str) -> None:
        with self.log_path("supervisor").open("a") as log:
            log.write(f"{name}: {words}\n")
        if self._echo is not None:
            self._echo(name, words)

    def _supervised(self, spec: ProcessSpec) -> Supervised:
        log = ProcessLog(self.log_path(spec.name))
        log.cut_if_large()
        log.skip_to_end()
        return Supervised(spec, log, self._changed, self._spawn)

    def _changed(self, process: Supervised, words: str) -> None:
        running = [
            {
                "name": one.spec.name,
                "pid": one.mark.pid,
                "start_tick": one.mark.start_tick,
                "phase": one.phase,
                "restarts": one.restarts,
                "address": one.spec.address,
            }
            for one in self.processes()
            if one.mark is not None
        ]
        draft = self._record.with_suffix(".draft")
        draft.write_text(json.dumps(running))
        draft.replace(self._record)
        self.say(process.spec.name, words)

    async def _watch_logs(self) -> None:
        while True:
            await asyncio.sleep(TAIL_EVERY_S)
            for process in self.processes():
                process.log.cut_if_large()
                self._show(process)

    def _show(self, process: Supervised) -> None:
        if self._echo is None or not process.spec.shown:
            return
        for line in process.log.new_lines():
            self._echo(process.spec.name, shorten(line))
