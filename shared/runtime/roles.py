"""What a service is made of, and how a verb of its command line reaches the database."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import typer
from pydantic import ValidationError

from shared.kernel.errors import Refused
from shared.messaging.queues import MoreQueues, no_more_queues
from shared.messaging.subscriptions import Subscriptions
from shared.persistence.database import Database
from shared.persistence.sqlstate import DATABASE_ERRORS, sqlstate
from shared.persistence.transaction import Transaction
from shared.runtime.process import Work
from shared.runtime.settings import ServiceSettings

if TYPE_CHECKING:
    from fastapi import FastAPI  # what is not served need not load it

T = TypeVar("T")


@dataclass(frozen=True)
class Roles:
    """Settings are read when a verb runs, not when its help is shown. `queues`: what else `status` tells of."""

    service: str
    settings: Callable[[], ServiceSettings]
    app: Callable[[Database, ServiceSettings], "FastAPI"]
    stream: Callable[[Database, ServiceSettings], Work]
    subscriptions: Callable[[], Subscriptions]
    engine: Callable[[Database, ServiceSettings], Work] | None = None
    queues: MoreQueues = no_more_queues

    def read_settings(self) -> ServiceSettings:
        """What is missing or wrong is a line each on stderr, without its value, and exit code 2."""
        try:
            return self.settings()
        except ValidationError as error:
            prefix = f"TRUCE_{self.service.upper()}_"
            for one in error.errors(include_url=False, include_context=False, include_input=False):
                name = "_".join(str(part) for part in one["loc"]).upper()
                typer.echo(f"{prefix}{name}: {one['msg']}", err=True)
            raise typer.Exit(2) from None

    @property
    def names(self) -> tuple[str, ...]:
        return ("api", "stream") if self.engine is None else ("api", "stream", "engine")


def open_database(service: str, role: str, settings: ServiceSettings) -> Database:
    return Database(
        settings.postgres_dsn.get_secret_value(),
        pool_size=settings.pool_size,
        application=f"truce-{service}-{role}",
    )


def with_database(roles: Roles, work: Callable[[Database, ServiceSettings], Awaitable[T]]) -> T:
    """Runs one piece of work from the command line; a refusal is one line on stderr and exit code 1."""

    async def run() -> T:
        settings = roles.read_settings()
        db = open_database(roles.service, "cli", settings)
        try:
            return await work(db, settings)
        finally:
            await db.close()

    try:
        return asyncio.run(run())
    except Refused as refusal:
        typer.echo(f"{refusal.slug}: {refusal}", err=True)
        raise typer.Exit(1) from None
    except DATABASE_ERRORS as error:
        typer.echo(f"the database refused or does not answer: {type(error).__name__} {sqlstate(error) or ''}", err=True)
        raise typer.Exit(1) from None


def in_transaction(roles: Roles, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Runs one use case from the command line, in one transaction."""

    async def run(db: Database, _: ServiceSettings) -> T:
        async with db.transaction() as tx:
            return await work(tx)

    return with_database(roles, run)
