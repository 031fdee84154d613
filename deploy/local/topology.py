"""Which processes the services consist of, and what each is told. The one place that knows the services' variables."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from deploy.local.credentials import SERVICES, Credentials
from deploy.local.databases import Databases
from deploy.local.ports import Ports
from deploy.local.probes import AnswersOk, never_asked
from deploy.local.processes import ProcessSpec
from deploy.local.tokens import AUDIENCE

ROLES = {"intake": ("api", "stream"), "alerts": ("api", "stream", "engine")}
# On a small machine a page goes before the figures about it.
NOBODY_WAITS_FOR = ("casework", "reporting")
USUAL_ROLES = ("api", "stream")
START_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True)
class Wiring:
    """Everything a service process must know to find the others. `extra`: further variables, by service."""

    ports: Ports
    credentials: Credentials
    databases: Databases
    kafka_bootstrap: str
    topic_prefix: str = ""
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def issuer_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.issuer}"

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{asdict(self.ports)[service]}"

    def environment(self, service: str) -> dict[str, str]:
        """What any role of the service is told."""
        settings = {
            "POSTGRES_DSN": self.databases.dsn(service),
            "KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "TOPIC_PREFIX": self.topic_prefix,
            "OIDC_ISSUER": self.issuer_url,
            "OIDC_AUDIENCE": AUDIENCE,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(asdict(self.ports)[service]),
            "LOG_FORMAT": "json",
            "ENVIRONMENT": "development",
        }
        if service == "alerts":
            settings |= {
                "SECRETS_KEY": self.credentials.secrets_key,
                "WEBHOOK_ALLOWED_NETWORKS": '["127.0.0.0/8"]',
                "PUBLIC_URL": self.url(service),
                "WATCHED_SERVICES": json.dumps({name: self.url(name) for name in SERVICES if name != service}),
            }
        if service in NOBODY_WAITS_FOR:
            settings["NICENESS"] = "19"
        settings |= self.extra.get(service, {})
        return {f"TRUCE_{service.upper()}_{name}": value for name, value in settings.items()}


Topology = Callable[[Wiring], Sequence[ProcessSpec]]


def services(wiring: Wiring) -> list[ProcessSpec]:
    return [_process(wiring, service, role) for service in SERVICES for role in ROLES.get(service, USUAL_ROLES)]


def _process(wiring: Wiring, service: str, role: str) -> ProcessSpec:
    numbers = asdict(wiring.ports)
    port = numbers[service if role == "api" else f"{service}_{role}"]
    environment = wiring.environment(service)
    if role != "api":
        environment[f"TRUCE_{service.upper()}_METRICS_PORT"] = str(port)
    return ProcessSpec(
        name=f"{service}-{role}",
        command=[sys.executable, "-m", f"services.{service}", role],
        is_ready=AnswersOk(port),
        environment=environment,
        start_within=START_WITHIN,
        address=f"http://127.0.0.1:{port}",
    )


def migration(wiring: Wiring) -> ProcessSpec:
    """Runs once to its end; nobody asks whether it is ready."""
    environment: dict[str, str] = {}
    for service in SERVICES:
        environment |= wiring.environment(service)
    return ProcessSpec(
        name="migrate",
        command=[sys.executable, "-m", "deploy.local.migrate", *SERVICES],
        is_ready=never_asked,
        environment=environment,
        start_within=START_WITHIN,
    )
