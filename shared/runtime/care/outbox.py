"""`outbox list|show|retry|republish`: events on their way to the broker."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from shared.messaging.mending import retry_outbox
from shared.messaging.outbox_rows import Which, list_outbox, show_outbox_row
from shared.messaging.relay.settle import republish
from shared.runtime.care.tables import print_list, print_one
from shared.runtime.roles import Roles, in_transaction

_COLUMNS = ("id", "type", "topic", "key", "age_s", "failures", "set_aside_at", "reason")


def outbox_verbs(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)

    @cli.command(name="list")
    def list_(
        set_aside: Annotated[
            bool, typer.Option("--set-aside", help="those set aside instead of those waiting")
        ] = False,
        limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    ) -> None:
        """What waits to be published, in the order of sending; or what was set aside."""
        which: Which = "set_aside" if set_aside else "waiting"
        rows = in_transaction(roles, lambda tx: list_outbox(tx, which, limit=limit))
        print_list(rows, _COLUMNS, empty="none is set aside" if set_aside else "none waits")

    @cli.command()
    def show(row: Annotated[int, typer.Argument(help="id of the outbox row")]) -> None:
        """One row: where it goes, how old it is, how often it failed and why."""
        print_one(in_transaction(roles, lambda tx: show_outbox_row(tx, row)))

    @cli.command()
    def retry() -> None:
        """Try the rows again that were set aside, once their fault is mended."""
        count = in_transaction(roles, lambda tx: retry_outbox(tx, roles.service))
        typer.echo(f"{count} events will be tried again")

    @cli.command(name="republish")
    def republish_(since: Annotated[datetime, typer.Option(help="UTC; rows are kept for 7 days")]) -> None:
        """Send again what was published since then, after a broker was lost."""
        count = in_transaction(roles, lambda tx: republish(tx, since.replace(tzinfo=UTC)))
        typer.echo(f"{count} events will be sent again")

    return cli
