"""Processes of services for tests, as the local supervisor starts them: from a nursery, one for each worker.

A service's libraries take longer to import than most tests take; the nursery has them, and a process begins with them.
"""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.midwife import Midwife
from deploy.local.probes import never_asked
from deploy.local.processes import Process, ProcessSpec


class Births:
    """Opened by the first birth. Whoever opens it has it closed at the end: `tests/conftest.py` does."""

    def __init__(self) -> None:
        self._midwife: Midwife | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="truce-nursery-")
        self._opening = asyncio.Lock()

    async def born(self, log: Path, *words: str, environment: Mapping[str, str]) -> Process:
        """`python -m WORDS…` in a session of its own; all that it says goes to the log."""
        midwife = await self._opened()
        spec = ProcessSpec("of-a-test", [sys.executable, "-m", *words], never_asked, environment)
        return await midwife.spawn(spec, log)

    async def _opened(self) -> Midwife:
        async with self._opening:
            if self._midwife is None:
                made = Midwife()
                await made.open(Path(self._folder.name) / "nursery.log")
                self._midwife = made
            return self._midwife

    async def close(self) -> None:
        if self._midwife is not None:
            midwife, self._midwife = self._midwife, None
            await midwife.close()
        self._folder.cleanup()


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    errors: str


BIRTHS = Births()


async def said(*words: str, environment: Mapping[str, str]) -> Said:
    """What `python -m WORDS…` came to."""
    with tempfile.TemporaryDirectory() as folder:
        out, errors = Path(folder) / "out", Path(folder) / "errors"
        process = await BIRTHS.born(out, "tests.support.apart", str(errors), *words, environment=environment)
        code = await process.wait()
        return Said(code, out.read_text(), errors.read_text() if errors.exists() else "")
