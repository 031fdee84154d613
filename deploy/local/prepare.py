"""What must be there before the first start and is kept for all later ones: Kafka's jars and its start-up cache."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import kafka_aot
from deploy.local.kafka_jars import DOWNLOAD_MB, SUMS, ensure_jars, listed
from deploy.local.places import cache_dir

Say = Callable[[str], None]

TOLD_EVERY = 9
LOOK_EVERY_S = 0.2


@dataclass(frozen=True)
class KafkaParts:
    jars: tuple[Path, ...]
    aot_cache: Path | None


async def kafka_parts(say: Say) -> KafkaParts:
    """From the cache, without network, if this user ran the stack before; otherwise fetched and recorded now."""
    folder = cache_dir() / "kafka"
    jars = tuple(await asyncio.to_thread(_jars, folder, say))
    cache = kafka_aot.cache_path(folder, jars)
    async with _one_at_a_time(folder / "recording.lock"):
        return KafkaParts(jars, cache if await _is_recorded(cache, jars, say) else None)


async def _is_recorded(cache: Path, jars: tuple[Path, ...], say: Say) -> bool:
    known = _tried_before(cache)
    if known is not None:
        return known
    say("recording Kafka's start-up cache, once, about 15 s")
    failure = await kafka_aot.record(cache, jars)
    if failure is not None:
        _given_up(cache).write_text(failure)
        say(f"Kafka starts without its start-up cache, which could not be recorded: {failure}")
    return failure is None


def _tried_before(cache: Path) -> bool | None:
    """Whether it could be recorded; None if nobody has tried."""
    if cache.exists():
        return True
    return False if _given_up(cache).exists() else None


def _given_up(cache: Path) -> Path:
    return cache.with_suffix(".failed")


@asynccontextmanager
async def _one_at_a_time(lock: Path) -> AsyncIterator[None]:
    """Stacks that start at the same time: the others wait for the first, and find what it has recorded."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _takes(descriptor):
            await asyncio.sleep(LOOK_EVERY_S)
        yield
    finally:
        os.close(descriptor)


def _takes(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _jars(folder: Path, say: Say) -> list[Path]:
    total = len(listed(SUMS))
    if not all((folder / jar.path.name).exists() for jar in listed(SUMS)):
        say(f"downloading Kafka, once, about {DOWNLOAD_MB} MB in {total} files")

    def tell(done: int, missing: int) -> None:
        if done % TOLD_EVERY == 0 or done == missing:
            say(f"Kafka: {done} of {missing} files")

    return ensure_jars(folder, tell)
