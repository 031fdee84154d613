"""`python -m tests.bench.history FILE`: a whole file of the police's history through the feed twice, on real storage.

The second time nothing is left of the keys of the first, as after their thirty days: what each row is called is all
that tells it is known. The incidents must be the same afterwards, fact by fact and version by version, and each time
has to end within `AT_MOST_S`. The peer: the file read and nothing posted.
"""

import asyncio
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from deploy.local.ports import Ports, free_ports
from deploy.local.stack import LocalStack, StackOptions
from services.intake.feeds.crime_file import read_crime
from services.intake.feeds.door import Door
from services.intake.feeds.import_crime import Imported, account, import_crime
from services.intake.feeds.post import Outcome
from services.intake.programme import read_programme
from services.intake.usecases.load_programme import load_programme
from shared.persistence.database import Database
from tests.bench.figures import conclude
from tests.support.deployment import Deployment
from tests.support.history import forget_keys, history_of
from tests.support.intake import DC
from tests.support.served_intake import answers, environment
from tests.support.waiting import eventually

AT_MOST_S = 20.0


@asynccontextmanager
async def _intake() -> AsyncIterator[tuple[Database, str, str]]:
    """Its database, where its API answers, a feed's token."""
    with tempfile.TemporaryDirectory() as place:
        stack = LocalStack(Path(place), Ports.free(), StackOptions(durable=True))
        await stack.start_infrastructure()
        deployment, port = Deployment(stack, "bench"), free_ports(1)[0]
        try:
            db = await deployment.database("intake")
            async with db.transaction() as tx:
                await load_programme(tx, read_programme(DC))
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.intake", "api", env=environment(deployment, port),
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            url = f"http://127.0.0.1:{port}"
            await eventually(lambda: answers(f"{url}/readyz"), within_s=30)
            yield db, url, deployment.token("source", sub="police-history", source_kind="police")
            process.terminate()
            await process.wait()
        finally:
            await deployment.close()
            await stack.stop()


async def _read(file: Path, url: str, token: str) -> tuple[Imported, float]:
    began = time.perf_counter()
    done, screen = Imported(), Console(stderr=True)
    await import_crime(file, url=url, token=token, shift_to_now=None, console=screen, imported=done)
    print("\n".join(account(done)[:3]))  # noqa: T201 - what a bench is for
    return done, time.perf_counter() - began


async def _read_alone(file: Path, url: str, token: str) -> float:
    async with Door(url, token) as door:
        city = await door.city()
    began = time.perf_counter()
    with file.open("rb") as stream:
        deque(read_crime(stream, city), maxlen=0)
    return time.perf_counter() - began


async def main(file: Path) -> int:
    async with _intake() as (db, url, token):
        alone_s = await _read_alone(file, url, token)
        first, first_s = await _read(file, url, token)
        once = await history_of(db)
        await forget_keys(db)
        again, again_s = await _read(file, url, token)
        twice = await history_of(db)
    figures = {
        "reports": float(first.tally.posted),
        "incidents": float(once.incidents),
        "rows of no violent incident": float(first.skipped.total()),
        "opened again": float(again.tally.counts[Outcome.OPENED]),
        "first time s": first_s,
        "second time s": again_s,
    }
    ok = once == twice and first.is_whole and again.is_whole and max(first_s, again_s) <= AT_MOST_S
    peers, ratios = {"read alone s": alone_s, "at most s": AT_MOST_S}, {"first/at most": first_s / AT_MOST_S}
    return conclude("history", figures=figures, peers=peers, ratios=ratios, ok=ok)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]))))
