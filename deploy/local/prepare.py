"""What must be there before the first start and is kept for all later ones: Kafka's jars and its start-up cache."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local import kafka_aot
from deploy.local.kafka_jars import DOWNLOAD_MB, SUMS, ensure_jars, listed
from deploy.local.places import cache_dir

Say = Callable[[str], None]

TOLD_EVERY = 9


@dataclass(frozen=True)
class KafkaParts:
    jars: tuple[Path, ...]
    aot_cache: Path | None


async def kafka_parts(say: Say) -> KafkaParts:
    """From the cache, without network, if this user ran the stack before; otherwise fetched and recorded now."""
    folder = cache_dir() / "kafka"
    jars = tuple(await asyncio.to_thread(_jars, folder, say))
    cache = kafka_aot.cache_path(folder, jars)
    given_up = cache.with_suffix(".failed")
    if cache.exists() or given_up.exists():
        return KafkaParts(jars, cache if cache.exists() else None)
    say("recording Kafka's start-up cache, once, about 15 s")
    failure = await kafka_aot.record(cache, jars)
    if failure is not None:
        given_up.write_text(failure)
        say(f"Kafka starts without its start-up cache, which could not be recorded: {failure}")
        return KafkaParts(jars, None)
    return KafkaParts(jars, cache)


def _jars(folder: Path, say: Say) -> list[Path]:
    total = len(listed(SUMS))
    if not all((folder / jar.path.name).exists() for jar in listed(SUMS)):
        say(f"downloading Kafka, once, about {DOWNLOAD_MB} MB in {total} files")

    def tell(done: int, missing: int) -> None:
        if done % TOLD_EVERY == 0 or done == missing:
            say(f"Kafka: {done} of {missing} files")

    return ensure_jars(folder, tell)
