"""Recognising a process again: a pid together with its start tick, so that a recycled pid is never mistaken or killed.

Standard library only.
"""

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

STAT_STATE, STAT_START_TICK = 0, 19


def _stat_fields(pid: int) -> list[str]:
    """Fields after the command name, which may itself hold spaces and parentheses."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


@dataclass(frozen=True)
class Mark:
    name: str
    pid: int
    start_tick: int

    @classmethod
    def of(cls, name: str, pid: int) -> "Mark | None":
        """None if the process is gone already."""
        try:
            return cls(name, pid, int(_stat_fields(pid)[STAT_START_TICK]))
        except (FileNotFoundError, ProcessLookupError):
            return None

    @property
    def is_alive(self) -> bool:
        try:
            fields = _stat_fields(self.pid)
        except (FileNotFoundError, ProcessLookupError):
            return False
        return int(fields[STAT_START_TICK]) == self.start_tick and fields[STAT_STATE] not in "ZX"


def read(path: Path) -> list[Mark]:
    """A torn or missing file means that nothing is known, which is what an empty list says."""
    try:
        entries = json.loads(path.read_text())
        return [Mark(entry["name"], entry["pid"], entry["start_tick"]) for entry in entries]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return []


def outlive(marks: list[Mark], patience_s: float) -> list[Mark]:
    """Wait until all are gone; whoever is not gone in time is killed. Returns those that had to be killed."""
    deadline = time.monotonic() + patience_s
    while any(mark.is_alive for mark in marks) and time.monotonic() < deadline:
        time.sleep(0.05)
    stubborn = [mark for mark in marks if mark.is_alive]
    for mark in stubborn:
        try:
            os.kill(mark.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return stubborn
