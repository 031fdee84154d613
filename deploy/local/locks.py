"""One stack at a time, by flock: the kernel frees the lock when its holder dies, so a stale file is harmless.

Standard library only.
"""

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.local.failures import StackFailure
from deploy.local.marks import Mark


class StackLock:
    """Holds a file for as long as the process lives; the text in it tells others who holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._facts: dict[str, Any] = {}

    def take(self, verb: str, **facts: str) -> None:
        """Raise a sentence naming the holder if somebody else has it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StackFailure(self._refusal(verb)) from None
        self._descriptor = descriptor
        mark = Mark.of(verb, os.getpid())
        self._facts = {"verb": verb, "pid": os.getpid(), "start_tick": mark and mark.start_tick}
        self.tell(**facts)

    def tell(self, **facts: str) -> None:
        """Let others read more about the holder."""
        if self._descriptor is None:
            raise RuntimeError("only the holder of the lock has something to tell")
        self._facts |= facts
        text = json.dumps(self._facts).encode()
        os.pwrite(self._descriptor, text, 0)
        os.ftruncate(self._descriptor, len(text))

    def _refusal(self, verb: str) -> str:
        holder = holder_of(self._path) or {}
        other, pid = holder.get("verb", "another command"), holder.get("pid", "unknown")
        way_out = "run `make down`" if other == "up" else "stop it with Ctrl-C or wait for its end"
        return f"`{verb}` cannot start while `{other}` is running here (process {pid}): {way_out}, then try again."

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder_of(path: Path) -> dict[str, Any] | None:
    """Who holds the lock now; None if nobody does, whatever the file says."""
    if not is_held(path):
        return None
    try:
        told = json.loads(path.read_text())
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
