"""A receiver's process for as long as a bench wants it, on a processor of its own where there is more than one."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Receiving:
    """`account` is there when it has ended: messages, ids, checked, bad."""

    port: int
    account: dict[str, int] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@asynccontextmanager
async def receiving(folder: Path, secrets: Mapping[str, str]) -> AsyncIterator[Receiving]:
    file = folder / "secrets.json"
    file.write_text(json.dumps(secrets))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.receiver", str(file), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
    found = Receiving(int(await process.stdout.readline()))
    try:
        yield found
    finally:
        process.terminate()
        found.account = json.loads(await process.stdout.readline())
        await process.wait()


def keep_to_one_core() -> None:
    """Of this process alone; the receiver has the other end of the machine."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
