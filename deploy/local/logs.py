"""What the processes say: kept in full, one file per process, and shown in short form to whoever watches.

Processes write to their files themselves, so that a busy or dead supervisor never blocks them.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

Echo = Callable[[str, str], None]

MAX_BYTES = 64 * 1024 * 1024
SHORT_LENGTH = 200
TAIL_BYTES = 16 * 1024
NOT_SHOWN = frozenset({"event", "message", "level", "timestamp", "time", "logger", "service", "role", "exception"})


def shorten(line: str) -> str:
    """A structured line as `event key=value …`, with its level unless that is ordinary; other lines as they are."""
    try:
        fields = json.loads(line)
    except ValueError:
        return line[:SHORT_LENGTH]
    if not isinstance(fields, dict):
        return line[:SHORT_LENGTH]
    level = str(fields.get("level", "info")).lower()
    words = [] if level in {"info", "debug"} else [level.upper()]
    words.append(str(fields.get("event", fields.get("message", ""))))
    words += [f"{name}={value}" for name, value in fields.items() if name not in NOT_SHOWN]
    return " ".join(words)[:SHORT_LENGTH]


@dataclass
class ProcessLog:
    """One file, read on from where the last look ended."""

    path: Path
    _seen_to: int = field(default=0, init=False)

    def skip_to_end(self) -> None:
        self._seen_to = self._size()

    def new_lines(self) -> list[str]:
        """Whole lines written since the last call."""
        if self._size() <= self._seen_to:
            return []
        with self.path.open("rb") as file:
            file.seek(self._seen_to)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._seen_to += len(whole)
        return whole.decode(errors="replace").splitlines()

    def last_words(self) -> str:
        """The last line that says something."""
        if not self.path.exists():
            return "it said nothing"
        with self.path.open("rb") as file:
            file.seek(max(0, self._size() - TAIL_BYTES))
            lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
        return next((shorten(line) for line in reversed(lines) if line), "it said nothing")

    def cut_if_large(self) -> None:
        """Keep the last 64 MB aside as `.1` and begin anew in the same file, which the process goes on writing to."""
        if self._size() > MAX_BYTES:
            shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
            with self.path.open("r+b") as file:
                file.truncate(0)
            self._seen_to = 0

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0
