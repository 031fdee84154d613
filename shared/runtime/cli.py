"""`python -m services.<service> VERB`: the verbs every service has. A service adds its own to the returned app."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from fastapi import FastAPI
from rich.console import Console
from rich.table import Table

from shared.kernel.errors import Refused
from shared.messaging import dead_letters
from shared.messaging.consumer.positions import resume_consumer
from shared.messaging.relay.settle import republish, retry_set_aside
from shared.messaging.subscriptions import Subscriptions
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.runtime.migrate import migrate
from shared.runtime.process import Work, run_work, serve_api
from shared.runtime.settings import ServiceSettings

T = TypeVar("T")
Letter = Annotated[UUID, typer.Argument(help="id of the dead letter")]


@dataclass(frozen=True)
class Roles:
    """What a service is made of. Settings are read when a verb runs, not when its help is shown."""

    service: str
    settings: Callable[[], ServiceSettings]
    app: Callable[[Database, ServiceSettings], FastAPI]
    stream: Callable[[Database, ServiceSettings], Work]
    subscriptions: Callable[[], Subscriptions]
    engine: Callable[[Database, ServiceSettings], Work] | None = None


def open_database(service: str, role: str, settings: ServiceSettings) -> Database:
    return Database(
        settings.postgres_dsn.get_secret_value(),
        pool_size=settings.pool_size,
        application=f"truce-{service}-{role}",
    )


def in_transaction(roles: Roles, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Runs one use case from the command line; a refusal is one line on stderr and exit code 1."""

    async def run() -> T:
        db = open_database(roles.service, "cli", roles.settings())
        try:
            async with db.transaction() as tx:
                return await work(tx)
        finally:
            await db.close()

    try:
        return asyncio.run(run())
    except Refused as refusal:
        typer.echo(f"{refusal.slug}: {refusal}", err=True)
        raise typer.Exit(1) from None


def command_line(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

    def work(role: str, build: Callable[[Database, ServiceSettings], Work]) -> None:
        settings = roles.settings()
        run_work(
            lambda db: build(db, settings),
            lambda: open_database(roles.service, role, settings),
            roles.service,
            role,
            settings,
        )

    @cli.command()
    def api() -> None:
        """Serve HTTP. Needs PostgreSQL only."""
        settings = roles.settings()
        serve_api(roles.app(open_database(roles.service, "api", settings), settings), roles.service, settings)

    @cli.command()
    def stream() -> None:
        """Relay the outbox and consume topics. Needs PostgreSQL and Kafka; exits 70 to be started afresh."""
        work("stream", roles.stream)

    if roles.engine is not None:
        build_engine = roles.engine

        @cli.command()
        def engine() -> None:
            """Deadlines and deliveries. Needs PostgreSQL only."""
            work("engine", build_engine)

    @cli.command(name="migrate")
    def migrate_() -> None:
        """Bring the database schema and the topics up to date."""
        asyncio.run(migrate(roles.service, roles.settings()))

    _add_care(cli, roles)
    return cli


def _add_care(cli: typer.Typer, roles: Roles) -> None:
    """What people do by hand when messages got stuck."""
    cli.add_typer(_dead_letters(roles), name="dead-letters", help="Records that were set aside.")
    cli.add_typer(_consumer(roles), name="consumer", help="The event consumer.")
    cli.add_typer(_outbox(roles), name="outbox", help="Events on their way to the broker.")


def _dead_letters(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)

    @cli.command(name="list")
    def list_(everything: Annotated[bool, typer.Option("--all", help="settled ones too")] = False) -> None:
        """The open ones, newest first."""
        rows = in_transaction(roles, lambda tx: dead_letters.list_letters(tx, settled_too=everything))
        columns = ("id", "topic", "partition", "record_offset", "reason", "detail", "set_aside_at", "settlement")
        table = Table(*columns)
        for row in rows:
            table.add_row(*(str(row[name] or "") for name in columns))
        Console(width=200).print(table)

    @cli.command()
    def show(letter: Letter) -> None:
        """One, whole: where it came from, why it was set aside, its headers and bytes."""
        row = in_transaction(roles, lambda tx: dead_letters.show_letter(tx, letter))
        for name, value in row.items():
            typer.echo(f"{name}: {value!r}")

    @cli.command()
    def replay(letter: Letter) -> None:
        """Apply it now, once."""
        in_transaction(
            roles, lambda tx: dead_letters.replay_letter(tx, letter, roles.subscriptions(), by="command line")
        )
        typer.echo("replayed")

    @cli.command()
    def discard(letter: Letter) -> None:
        """Settle it without applying it; it is kept."""
        in_transaction(roles, lambda tx: dead_letters.discard_letter(tx, letter, by="command line"))
        typer.echo("discarded")

    return cli


def _consumer(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)

    @cli.callback()
    def group() -> None:
        """A consumer that stopped itself waits here for a person."""

    @cli.command()
    def resume(from_beginning: Annotated[bool, typer.Option(help="read every topic again")] = False) -> None:
        """Let a consumer that stopped itself go on. Look at its alarm and dead letters first.

        From the beginning: for positions that the broker's log no longer holds. Events already applied are dropped
        by their version.
        """
        stopped = in_transaction(roles, lambda tx: resume_consumer(tx, from_beginning=from_beginning))
        typer.echo("resumed" if stopped else "it was not stopped")

    return cli


def _outbox(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)

    @cli.command(name="republish")
    def republish_(since: Annotated[datetime, typer.Option(help="UTC; rows are kept for 7 days")]) -> None:
        """Send again what was published since then, after a broker was lost."""
        count = in_transaction(roles, lambda tx: republish(tx, since.replace(tzinfo=UTC)))
        typer.echo(f"{count} events will be sent again")

    @cli.command()
    def retry() -> None:
        """Try the rows again that were set aside, once their fault is mended."""
        typer.echo(f"{in_transaction(roles, retry_set_aside)} events will be tried again")

    return cli
