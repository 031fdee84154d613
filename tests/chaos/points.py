"""Runs a service process as `python -m` would, able to die or stop at a named point of its own code.

    python -m tests.chaos.points services.alerts stream

A point is armed by a file, which is taken away as the point is passed (so that a restarted process is unarmed):
`{"point": "relay.sent_not_marked", "action": "kill" | "stop", "nth": 1, "linger_s": 0, "until": …}` in
`$TRUCE_CHAOS_ARMED/<process>.json`. `nth` counts passings from then on; after `linger_s`, in which the process goes on
with everything else, it happens; after the wall-clock time `until` it does not happen any more. A planted defect (see
`twins`) is put in here as well. Production code knows nothing of this.
"""

import asyncio
import importlib
import json
import os
import runpy
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Literal

ARMED, PROCESS, TWIN = "TRUCE_CHAOS_ARMED", "TRUCE_CHAOS_PROCESS", "TRUCE_CHAOS_TWIN"


@dataclass(frozen=True)
class Point:
    """`place`: module and the path inside it of the function whose `side` is the point. `roles`: who passes it."""

    place: tuple[str, str]
    side: Literal["before", "after"]
    roles: tuple[str, ...]
    services: tuple[str, ...] = ("intake", "alerts", "casework", "reporting")


COMMIT = ("shared.persistence.database", "Database._commit")
# Whom the load reaches: the others answer nobody and publish nothing.
ASKED = ("intake", "alerts")
STREAM, ENGINE, EVERY = ("stream",), ("engine",), ("api", "stream", "engine")
SENDER = "services.alerts.delivery.send"
POINTS = {
    "before_commit": Point(COMMIT, "before", EVERY),
    "committed_not_answered": Point(COMMIT, "after", EVERY),
    "relay.mid_batch": Point(("shared.messaging.relay.publish", "_send"), "after", STREAM, ASKED),
    "relay.sent_not_marked": Point(("shared.messaging.relay.run", "mark_published"), "before", STREAM, ASKED),
    "consumer.mid_batch": Point(("shared.messaging.consumer.dispatch", "apply"), "before", STREAM),
    "consumer.effect_not_committed": Point(("shared.messaging.consumer.dispatch", "apply"), "after", STREAM),
    "webhook.claimed_not_sent": Point((SENDER, "Sender._send"), "before", ENGINE, ("alerts",)),
    "webhook.sent_not_recorded": Point((SENDER, "note_attempt"), "before", ENGINE, ("alerts",)),
}


def passed_by(process: str) -> list[str]:
    """The points that a process of this name passes."""
    service, role = process.split("-")[:2]
    if role == "api" and service not in ASKED:
        return []
    return [name for name, point in POINTS.items() if role in point.roles and service in point.services]


class Trap:
    """What is armed for this process. `strike` returns at once unless its point's turn has come."""

    def __init__(self, armed: Path) -> None:
        self._armed = armed
        self._order: dict[str, Any] | None = None

    async def strike(self, point: str) -> None:
        order = self._taken()
        if order is None or order["point"] != point or time.time() > order["until"]:
            return
        order["nth"] -= 1
        if order["nth"] > 0:
            return
        self._order = None
        if order["linger_s"]:
            await asyncio.sleep(order["linger_s"])
        self._armed.with_suffix(".struck").touch()
        os.kill(os.getpid(), signal.SIGKILL if order["action"] == "kill" else signal.SIGSTOP)

    def _taken(self) -> dict[str, Any] | None:
        if self._order is None and self._armed.exists():
            self._order = json.loads(self._armed.read_text())
            self._armed.unlink()
        return self._order


def install(process: str, trap: Trap) -> None:
    """Raises AttributeError if a point's function is not there any more: a point that cannot strike proves nothing."""
    for name in passed_by(process):
        point = POINTS[name]
        owner, attribute = find(point.place)
        setattr(owner, attribute, _trapped(getattr(owner, attribute), name, point.side, trap))


def find(place: tuple[str, str]) -> tuple[Any, str]:
    """The object that holds the function, and the name it has there."""
    module, path = place
    *owners, attribute = path.split(".")
    owner: Any = importlib.import_module(module)
    for name in owners:
        owner = getattr(owner, name)
    getattr(owner, attribute)
    return owner, attribute


def _trapped(function: Callable[..., Any], name: str, side: str, trap: Trap) -> Callable[..., Any]:
    @wraps(function)
    async def trapped(*args: Any, **kwargs: Any) -> Any:
        if side == "before":
            await trap.strike(name)
        result = await function(*args, **kwargs)
        if side == "after":
            await trap.strike(name)
        return result

    return trapped


def main(module: str, *arguments: str) -> None:
    process = os.environ[PROCESS]
    if twin := os.environ.get(TWIN):
        importlib.import_module(f"tests.chaos.twins.{twin}").plant(process)
    install(process, Trap(Path(os.environ[ARMED]) / f"{process}.json"))
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
