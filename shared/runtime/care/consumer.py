"""`positions list` and `consumer resume`: where the consumer is, and letting it go on."""

from typing import Annotated

import typer

from shared.messaging.lag import read_positions
from shared.messaging.mending import resume
from shared.runtime.care.tables import print_list
from shared.runtime.roles import Roles, in_transaction, with_database

_COLUMNS = (
    "topic",
    "partition",
    "next_offset",
    "log_start",
    "log_end",
    "lag",
    "outside_log",
    "updated_at",
    "cluster_id",
)


def positions_verbs(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)

    @cli.callback()
    def group() -> None:
        """Positions are rows in the service's database; the log's ends are asked from the broker."""

    @cli.command(name="list")
    def list_() -> None:
        """Stored position, beginning and end of the log, and lag of each partition."""
        found = with_database(roles, lambda db, settings: read_positions(db, settings.kafka_bootstrap))
        if not found.kafka_answers:
            typer.echo("Kafka does not answer: these are the stored positions alone.")
        rows = [{name: getattr(position, name) for name in _COLUMNS} for position in found.stored]
        print_list(rows, _COLUMNS, empty="no position is stored: nothing was read yet")

    return cli


def consumer_verbs(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)

    @cli.callback()
    def group() -> None:
        """A consumer that stopped itself waits here for a person."""

    @cli.command(name="resume")
    def resume_(from_beginning: Annotated[bool, typer.Option(help="read every topic again")] = False) -> None:
        """Let a consumer that stopped itself go on. Look at its alarm and dead letters first.

        From the beginning: for positions that the broker's log no longer holds. Events already applied are dropped
        by their version.
        """
        stopped = in_transaction(roles, lambda tx: resume(tx, roles.service, from_beginning=from_beginning))
        typer.echo("resumed" if stopped else "it was not stopped")

    return cli
