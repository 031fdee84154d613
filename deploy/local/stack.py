"""The whole stack as one object: for the command line, the demo and the tests.

A state folder belongs to one running stack at a time. However its owner ends, no process is left behind.
"""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local import tokens, topology
from deploy.local.credentials import SERVICES, Credentials
from deploy.local.databases import Databases
from deploy.local.failures import StackFailure
from deploy.local.infrastructure import GivenServers, Infrastructure
from deploy.local.locks import StackLock
from deploy.local.logs import Echo, ProcessLog
from deploy.local.midwife import Midwife
from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.processes import ProcessSpec, run_to_end
from deploy.local.supervised import Supervised
from deploy.local.supervisor import Supervisor
from deploy.local.topology import Topology, Wiring

SERVICE_PORTS = (
    *SERVICES,
    *("intake_stream", "alerts_stream", "casework_stream", "reporting_stream", "alerts_engine"),
)


@dataclass(frozen=True)
class StackOptions:
    """`fresh` begins without data. `suffix` and `topic_prefix` keep stacks apart that share given servers.

    `extra` gives services further variables (`{"alerts": {"POLICY": "fast"}}` is TRUCE_ALERTS_POLICY=fast).
    `services` and `migration` say what runs on the infrastructure; `migration=None` runs nothing.
    """

    fresh: bool = False
    durable: bool = True
    suffix: str = ""
    topic_prefix: str = ""
    echo: Echo | None = None
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    services: Topology = topology.services
    migration: Callable[[Wiring], ProcessSpec] | None = topology.migration
    service_ports: tuple[str, ...] = SERVICE_PORTS


class LocalStack:
    """Start it from the main thread: the kernel ties the processes to the thread that started them."""

    def __init__(self, state_dir: Path, ports: Ports, options: StackOptions | None = None) -> None:
        self.places = Places(state_dir)
        self.ports = ports
        self.options = options or StackOptions()
        self._lock = StackLock(state_dir / "lock")
        self._midwife = Midwife()
        self._supervisor: Supervisor | None = None
        self._wiring: Wiring | None = None

    @property
    def supervisor(self) -> Supervisor:
        """What runs: look at it, halt and resume processes by name."""
        if self._supervisor is None:
            raise StackFailure("The stack is not running: start it first.")
        return self._supervisor

    @property
    def wiring(self) -> Wiring:
        """Addresses and variables: `databases.dsn("intake")`, `kafka_bootstrap`, `url("alerts")`, `environment(…)`."""
        if self._wiring is None:
            raise StackFailure("The stack is not running: start it first.")
        return self._wiring

    def process(self, name: str) -> Supervised:
        return self.supervisor.process(name)

    def token(
        self,
        roles: Iterable[str],
        *,
        sub: str = "somebody",
        org: str | None = None,
        worker: str | None = None,
        source_kind: str | None = None,
        lifetime: timedelta = tokens.LIFETIME,
    ) -> str:
        return tokens.mint(
            self.places.state,
            self.wiring.issuer_url,
            sub=sub,
            roles=roles,
            org=org,
            worker=worker,
            source_kind=source_kind,
            lifetime=lifetime,
        )

    async def start_infrastructure(self) -> None:
        """PostgreSQL with the services' roles and databases, Kafka, and the issuer."""
        await self._begin(())

    async def start(self) -> timedelta:
        """Everything. Returns how long it took."""
        began = time.monotonic()
        await self._begin(self.options.service_ports, many_processes=True)
        try:
            if self.options.migration is not None:
                await self._migrate(self.options.migration(self.wiring))
            await self.supervisor.start(self.options.services(self.wiring))
        except BaseException:
            await self.stop()
            raise
        return timedelta(seconds=time.monotonic() - began)

    async def stop(self) -> None:
        """Services first, what they stand on last. Harmless if nothing runs."""
        if self._supervisor is not None:
            await self._supervisor.stop()
            self._supervisor = None
        await self._midwife.close()
        self._lock.release()

    def wipe(self) -> None:
        """Delete all data of this state folder. The stack must be stopped."""
        for folder in (self.places.postgres, self.places.kafka):
            shutil.rmtree(folder, ignore_errors=True)
        for name in ("credentials.json", "issuer-key.json"):
            (self.places.state / name).unlink(missing_ok=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _begin(self, service_ports: tuple[str, ...], *, many_processes: bool = False) -> None:
        self._lock.take("stack")
        self._supervisor = Supervisor(self.places.state, self.options.echo, spawn=self._midwife.spawn)
        try:
            if many_processes:
                await self._midwife.open(self._supervisor.log_path("nursery"))
            await self._supervisor.outlive_leftovers()
            if self.options.fresh:
                self.wipe()
            await self._start_infrastructure(self._supervisor, service_ports)
        except BaseException:
            await self.stop()
            raise

    async def _start_infrastructure(self, supervisor: Supervisor, service_ports: tuple[str, ...]) -> None:
        credentials = Credentials.of(self.places.state)
        parts = Infrastructure(self.places, self.ports, credentials, GivenServers(), self.options.durable)
        self.ports.refuse_if_taken([*parts.port_names, *service_ports])
        databases = Databases(parts.admin_dsn, credentials, self.options.suffix)
        self._wiring = Wiring(
            self.ports, credentials, databases, parts.kafka_bootstrap, self.options.topic_prefix, self.options.extra
        )

        async def start_databases() -> None:
            await parts.start_postgres(supervisor)
            if self.options.fresh and self.options.suffix:
                await databases.drop()
            await databases.ensure()

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(start_databases())
                group.create_task(parts.start_kafka(supervisor))
                group.create_task(parts.start_issuer(supervisor))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _migrate(self, task: ProcessSpec) -> None:
        log = ProcessLog(self.supervisor.log_path(task.name))
        log.skip_to_end()
        self.supervisor.say(task.name, "bringing databases and topics up to date")
        if await run_to_end(task, log.path, self._midwife.spawn) != 0:
            raise StackFailure(
                f"Databases and topics could not be brought up to date; last words: {log.last_words()} "
                f"(all of them are in {log.path})."
            )
