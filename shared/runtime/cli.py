"""`python -m services.<service> VERB`: the verbs every service has. A service adds its own to the returned app."""

import asyncio
from collections.abc import Callable

import typer

from shared.persistence.database import Database
from shared.runtime.care import add_care
from shared.runtime.later import later
from shared.runtime.process import Work, run_work
from shared.runtime.roles import Roles, in_transaction, open_database
from shared.runtime.settings import ServiceSettings

__all__ = ["Roles", "command_line", "in_transaction", "open_database"]

_serve = later("shared.runtime.serve", "serve_api")
_migrate = later("shared.runtime.migrate", "migrate")


def command_line(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

    def work(role: str, build: Callable[[Database, ServiceSettings], Work]) -> None:
        settings = roles.read_settings()
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
        settings = roles.read_settings()
        _serve(roles.app(open_database(roles.service, "api", settings), settings), roles.service, settings)

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
        asyncio.run(_migrate(roles.service, roles.read_settings()))

    add_care(cli, roles)
    return cli
