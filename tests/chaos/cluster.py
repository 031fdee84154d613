"""Three brokers that are one cluster: every partition on all of them, two of which must have what is acknowledged.

Each node is the local stack's broker with another number and other neighbours. Any one may be lost; with two away
nothing has a leader, and the one that is left answers that.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local.kafka import Kafka
from deploy.local.ports import free_ports
from deploy.local.prepare import kafka_parts
from deploy.local.supervisor import Supervisor

NODES = (1, 2, 3)
GIVEN = "TRUCE_KAFKA_BOOTSTRAP"
REPLICATION = {
    "default.replication.factor": 3,
    "min.insync.replicas": 2,
    "offsets.topic.replication.factor": 3,
    "transaction.state.log.replication.factor": 3,
    "transaction.state.log.min.isr": 2,
    "share.coordinator.state.topic.replication.factor": 3,
    "share.coordinator.state.topic.min.isr": 2,
}


@dataclass
class Cluster:
    supervisor: Supervisor
    bootstrap: str

    @classmethod
    async def start(cls, place: Path) -> "Cluster":
        ports, controllers = free_ports(3), free_ports(3)
        parts = await kafka_parts(lambda _: None)
        supervisor = Supervisor(place)
        brokers = [
            Kafka(place / name(node), port, controller, parts.jars, parts.aot_cache)
            for node, port, controller in zip(NODES, ports, controllers, strict=True)
        ]
        voters = ",".join(f"{node}@127.0.0.1:{port}" for node, port in zip(NODES, controllers, strict=True))
        cluster = cls(supervisor, ",".join(broker.bootstrap for broker in brokers))
        identity = ""
        specs = []
        for node, broker in zip(NODES, brokers, strict=True):
            spec = replace(broker.prepare(), name=name(node))
            identity = _join(broker, node, voters, identity)
            specs.append(spec)
        await supervisor.start(specs)
        return cluster

    async def stop(self) -> None:
        await self.supervisor.stop()


def name(node: int) -> str:
    return f"kafka-{node}"


def _join(broker: Kafka, node: int, voters: str, identity: str) -> str:
    """Rewrites a single node's files for the cluster; returns the cluster's identity, which is the first node's."""
    meta = broker.place / "data" / "meta.properties"
    kept = dict(line.split("=", 1) for line in meta.read_text().splitlines())
    kept |= {"node.id": str(node), "cluster.id": identity or kept["cluster.id"]}
    meta.write_text("".join(f"{key}={value}\n" for key, value in kept.items()))
    settings = broker.place / "server.properties"
    changed = REPLICATION | {"node.id": node, "controller.quorum.voters": voters}
    lines = [line for line in settings.read_text().splitlines() if line.split("=", 1)[0] not in changed]
    settings.write_text("\n".join([*lines, *(f"{key}={value}" for key, value in changed.items())]) + "\n")
    return kept["cluster.id"]


@contextmanager
def given(bootstrap: str) -> Iterator[None]:
    """While the stack starts: it takes the servers that the environment names."""
    os.environ[GIVEN] = bootstrap
    try:
        yield
    finally:
        del os.environ[GIVEN]
