"""PostgreSQL, Kafka and the issuer: embedded ones, or the servers that the environment names instead."""

import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.local import postgres
from deploy.local.credentials import Credentials
from deploy.local.failures import StackFailure
from deploy.local.kafka import Kafka, hosts_topics
from deploy.local.places import Places
from deploy.local.ports import Ports
from deploy.local.postgres import Postgres
from deploy.local.prepare import kafka_parts
from deploy.local.probes import AnswersOk
from deploy.local.processes import ProcessSpec
from deploy.local.supervisor import Supervisor
from deploy.local.tokens import signing_key


class GivenServers(BaseSettings):
    """Servers of one's own. The DSN is an administrator's: roles and databases are made with it."""

    model_config = SettingsConfigDict(env_prefix="TRUCE_", frozen=True)

    postgres_dsn: str | None = None
    kafka_bootstrap: str | None = None


@dataclass(frozen=True)
class Infrastructure:
    places: Places
    ports: Ports
    credentials: Credentials
    given: GivenServers
    durable: bool = True

    @property
    def admin_dsn(self) -> str:
        return self.given.postgres_dsn or self._postgres.admin_dsn

    @property
    def kafka_bootstrap(self) -> str:
        return self.given.kafka_bootstrap or f"127.0.0.1:{self.ports.kafka}"

    @property
    def port_names(self) -> list[str]:
        """The ports that will be listened on."""
        own_postgres = [] if self.given.postgres_dsn else ["postgres"]
        own_kafka = [] if self.given.kafka_bootstrap else ["kafka", "kafka_controller"]
        return [*own_postgres, *own_kafka, "issuer"]

    @property
    def _postgres(self) -> Postgres:
        return Postgres(self.places.postgres, self.ports.postgres, self.credentials, self.durable)

    async def start_postgres(self, supervisor: Supervisor) -> None:
        if self.given.postgres_dsn is None:
            await supervisor.start([await self._postgres.prepare(supervisor.log_path("initdb"))])
        elif not await postgres.answers(self.given.postgres_dsn):
            raise StackFailure(
                "The PostgreSQL server named in TRUCE_POSTGRES_DSN does not let us in: check address, user and "
                "password, or unset the variable to use the embedded server."
            )

    async def start_kafka(self, supervisor: Supervisor) -> None:
        if self.given.kafka_bootstrap is None:
            parts = await kafka_parts(lambda words: supervisor.say("prepare", words))
            ports = self.ports
            broker = Kafka(self.places.kafka, ports.kafka, ports.kafka_controller, parts.jars, parts.aot_cache)
            await supervisor.start([broker.prepare()])
        elif not await hosts_topics(self.given.kafka_bootstrap):
            raise StackFailure(
                f"The Kafka broker named in TRUCE_KAFKA_BOOTSTRAP ({self.given.kafka_bootstrap}) does not answer: "
                "start it, or unset the variable to use the embedded one."
            )

    async def start_issuer(self, supervisor: Supervisor) -> None:
        signing_key(self.places.state)
        await supervisor.start([issuer_process(self.places.state, self.ports.issuer)])


def issuer_process(state: Path, port: int) -> ProcessSpec:
    return ProcessSpec(
        name="issuer",
        command=[sys.executable, "-m", "deploy.local.issuer", str(state), str(port)],
        is_ready=AnswersOk(port, "/.well-known/openid-configuration"),
        address=f"http://127.0.0.1:{port}",
    )
