"""Where things are kept. Standard library only, so that `make clean` runs without the virtual environment.

As root, PostgreSQL's programs and data live outside the project: the server refuses to run as root, and the
unprivileged user it runs as cannot reach files under a closed home.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
STATE = PROJECT / ".local"
STACK_LOCK = STATE / "stack.lock"
SYSTEM_STATE = Path("/var/lib/truce")


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def system_state_of_project() -> Path:
    return SYSTEM_STATE / f"project-{_digest(PROJECT)}"


def cache_dir() -> Path:
    """What was downloaded or derived once per user and is safe to delete at any time."""
    chosen = os.getenv("XDG_CACHE_HOME", "")
    return (Path(chosen) if chosen else Path.home() / ".cache") / "truce"


@dataclass(frozen=True)
class Places:
    """The folders of one stack; two stacks never share a state folder."""

    state: Path

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def postgres(self) -> Path:
        if os.geteuid() == 0:
            return system_state_of_project() / _digest(self.state.absolute())
        return self.state / "postgres"

    @property
    def kafka(self) -> Path:
        return self.state / "kafka"
