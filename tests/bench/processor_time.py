"""What each process of a stack works: a figure that neighbours on the machine disturb less than any latency.

Source: proc(5), /proc/PID/stat: utime and stime in ticks, and the parent, by which the server's backends are counted.
"""

import os
from collections import Counter
from pathlib import Path

from deploy.local.stack import LocalStack

_MS_PER_TICK = 1000 / os.sysconf("SC_CLK_TCK")
_PARENT, _USER, _SYSTEM = 1, 11, 12


class ProcessorTime:
    """Milliseconds by process since it was made; PostgreSQL with all its backends that still live."""

    def __init__(self, stack: LocalStack) -> None:
        self._names = {one.pid: one.spec.name for one in stack.supervisor.processes() if one.pid is not None}
        self._before = self._read()

    def spent_ms(self) -> Counter[str]:
        spent = Counter[str]()
        for pid, (name, ticks) in self._read().items():
            spent[name] += int((ticks - self._before.get(pid, ("", 0))[1]) * _MS_PER_TICK)
        return spent

    def _read(self) -> dict[int, tuple[str, int]]:
        found: dict[int, tuple[str, int]] = {}
        for place in Path("/proc").iterdir():
            fields = _fields(place) if place.name.isdigit() else []
            name = self._names.get(int(place.name)) or self._names.get(int(fields[_PARENT])) if fields else None
            if name is not None:
                found[int(place.name)] = (name, int(fields[_USER]) + int(fields[_SYSTEM]))
        return found


def _fields(process: Path) -> list[str]:
    """Those behind the command's name, which may have spaces in it; none if it is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
