"""The `migrate` role: database schema and topics of one service, both idempotent."""

import asyncio
from importlib.resources import files
from pathlib import Path

from shared.contracts.topics import created_by
from shared.messaging.kafka import create_topics
from shared.persistence.migrate import upgrade
from shared.runtime.settings import ServiceSettings


def versions_of(service: str) -> Path:
    """The folder of a service's own migrations."""
    return Path(str(files(f"services.{service}") / "migrations" / "versions"))


async def migrate(service: str, settings: ServiceSettings) -> None:
    """Raises whatever the database or the broker refuse with; nothing is half done in the database."""
    await asyncio.gather(
        upgrade(settings.postgres_dsn.get_secret_value(), versions_of(service)),
        create_topics(
            settings.kafka_bootstrap,
            {settings.topic_prefix + name: partitions for name, partitions in created_by(service).items()},
        ),
    )
