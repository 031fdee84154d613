"""One process that is kept alive: started, asked until it is ready, started again when it ends, stopped when told to.

A process that ends three times before it was ever ready will not get better by itself: that is a failure to start.
After it was ready once it is restarted for ever, with a growing pause.
"""

import asyncio
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from deploy.local.failures import StackFailure
from deploy.local.logs import ProcessLog
from deploy.local.marks import Mark
from deploy.local.probes import AnswersOk, until
from deploy.local.processes import Process, ProcessSpec, Spawn, end, spawn

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
STABLE_AFTER_S = 30.0
ATTEMPTS_TO_START = 3

OnChange = Callable[["Supervised", str], None]


class Phase(StrEnum):
    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    PAUSING = "restarting"


class Supervised:
    """`on_change` hears of every change with a few words for people; it must not block."""

    def __init__(self, spec: ProcessSpec, log: ProcessLog, on_change: OnChange, spawn: Spawn = spawn) -> None:
        self.spec = spec
        self.log = log
        self.phase = Phase.STOPPED
        self.restarts = 0
        self.mark: Mark | None = None
        self._on_change = on_change
        self._spawn = spawn
        self._process: Process | None = None
        self._spawning = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._failure: str | None = None

    @property
    def pid(self) -> int | None:
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    def launch(self) -> None:
        """Begin to keep the process running; `until_ready` says when it is of use."""
        self._failure = None
        self._ready.clear()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.spec.name}")

    async def until_ready(self) -> None:
        """Raise a sentence if the process does not become ready in the time it is given."""
        try:
            async with asyncio.timeout(self.spec.start_within.total_seconds()):
                await self._ready.wait()
        except TimeoutError:
            self._failure = f"was not ready within {self.spec.start_within.total_seconds():.0f} s{self._doubt()}"
        if self._failure is not None:
            raise StackFailure(
                f"{self.spec.name} {self._failure}; its last words: {self.log.last_words()} "
                f"(all of them are in {self.log.path})."
            )

    def _doubt(self) -> str:
        return f" ({self.spec.is_ready.last})" if isinstance(self.spec.is_ready, AnswersOk) else ""

    async def stop(self, grace: timedelta) -> None:
        if self._keeper is None:
            return
        keeper, self._keeper = self._keeper, None
        async with self._spawning:
            keeper.cancel()
        if self._process is not None and not await end(self._process, self.spec.stop_signal, grace):
            self._change(self.phase, f"did not stop within {grace.total_seconds():.0f} s and was killed")
        await asyncio.gather(keeper, return_exceptions=True)
        self._change(Phase.STOPPED, "stopped")

    def kill(self) -> None:
        """End the process at once, as an accident would; it is then restarted like after any accident."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)

    async def _keep(self) -> None:
        quick_ends = 0
        while True:
            started = time.monotonic()
            code = await self._run_once()
            quick_ends = quick_ends + 1 if time.monotonic() - started < STABLE_AFTER_S else 1
            how = _describe(code)
            if not self._ready.is_set() and quick_ends >= ATTEMPTS_TO_START:
                self._give_up(f"{how} before it was ready, {quick_ends} times")
                return
            pause_s = min(FIRST_PAUSE_S * 2 ** (quick_ends - 1), LONGEST_PAUSE_S)
            self.restarts += 1
            self._change(Phase.PAUSING, f"{how}; starting it again in {pause_s:.1f} s")
            await asyncio.sleep(pause_s)

    def _give_up(self, why: str) -> None:
        self._failure = why
        self._change(Phase.STOPPED, why)
        self._ready.set()

    async def _run_once(self) -> int:
        async with self._spawning:
            self.spec.before_each_start()
            self._process = await self._spawn(self.spec, self.log.path)
        self.mark = Mark.of(self.spec.name, self._process.pid)
        self._change(Phase.STARTING, f"started as process {self._process.pid}")
        asking = asyncio.create_task(self._ask_until_ready(time.monotonic()))
        try:
            return await self._process.wait()
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask_until_ready(self, started: float) -> None:
        await until(self.spec.is_ready)
        self._change(Phase.READY, f"ready after {time.monotonic() - started:.1f} s")
        self._ready.set()

    def _change(self, phase: Phase, words: str) -> None:
        self.phase = phase
        self._on_change(self, words)


def _describe(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
