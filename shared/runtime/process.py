"""How a process role lives and ends: SIGTERM drains within 10 s; `stream` ends at its first failure (exit 70).

Exit 70 means "start me afresh": it is the one way out for every wedge a broker client can get into.
"""

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import uvloop

from shared.observability.logs import configure_logs, get_logger
from shared.persistence.database import Database
from shared.runtime.ending import end
from shared.runtime.settings import ServiceSettings
from shared.runtime.side_port import open_side_port

RESTART_ME = 70
DRAIN_S = 8.0
_AUTOGROUP = Path("/proc/self/autogroup")
log = get_logger(__name__)


class Work(Protocol):
    async def run(self) -> None:
        """Runs until cancelled or failed."""
        ...

    async def stop(self) -> None:
        """Lets go of what others wait for; bounded in time."""
        ...


def run_work(
    build: Callable[[Database], Work], db: Callable[[], Database], service: str, role: str, settings: ServiceSettings
) -> None:
    """Ends the whole process with the work's outcome: 0 after a signal, 70 after a failure."""
    configure_logs(service, role, form=settings.log_format)
    settle_down(settings)
    code = uvloop.run(_until_signal(build, db, settings))
    # Not sys.exit: a wedged client's threads or pending tasks must not keep the process.
    os._exit(code)


def settle_down(settings: ServiceSettings) -> None:
    """What was loaded stays for good: the collector need not walk it again while somebody waits for a page."""
    _step_back(settings.niceness)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _step_back(niceness: int) -> None:
    """Behind others by `nice`, and where Linux shares processors out by session first, by that session's too.

    Source: sched(7), the autogroup feature: between sessions the nice value of a process has no effect at all.
    """
    os.nice(niceness)
    if niceness and _AUTOGROUP.exists():
        try:
            _AUTOGROUP.write_text(str(niceness))
        except OSError as error:  # a container may forbid it; the process then has its full share
            log.info("process.full_share", error=type(error).__name__)


async def _until_signal(
    build: Callable[[Database], Work], make_db: Callable[[], Database], settings: ServiceSettings
) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    db = make_db()
    side = await open_side_port(db, settings.http_host, settings.metrics_port) if settings.metrics_port else None
    work = build(db)
    running = asyncio.ensure_future(work.run())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
    failed = running.done()
    if failed:
        log.error("process.ended", exc_info=None if running.cancelled() else running.exception())
    until = asyncio.get_running_loop().time() + DRAIN_S
    await end([running], within_s=DRAIN_S / 2)
    for ending in (work.stop(), db.close(), *([side.cleanup()] if side is not None else [])):
        await _bounded(ending, until)
    return RESTART_ME if failed else 0


async def _bounded(ending: Awaitable[object], until: float) -> None:
    """`until` is the loop's time; each gets a moment even when the one before has used it up."""
    task = asyncio.ensure_future(ending)
    await asyncio.wait([task], timeout=max(0.2, until - asyncio.get_running_loop().time()))
    if task.done() and not task.cancelled() and task.exception() is not None:
        log.warning("process.stop_failed", error=type(task.exception()).__name__)
