"""The verbs that the alerts command line has beside those of every service."""

from pathlib import Path
from typing import Annotated

import typer

from services.alerts.delivery_verbs import deliveries_verbs
from services.alerts.looking_verbs import add_dispatches, add_policies
from services.alerts.programme import read_programme
from services.alerts.programme_files import ProgrammeUnusable
from services.alerts.usecases.programme.load_programme import load_programme
from shared.runtime.cli import Roles, in_transaction


def add_verbs(cli: typer.Typer, roles: Roles) -> None:
    cli.add_typer(deliveries_verbs(roles), name="deliveries", help="Messages, and what became of them.")
    add_dispatches(cli, roles)
    add_policies(cli, roles)

    @cli.command(name="load-programme")
    def load(
        folder: Annotated[Path, typer.Argument(help="folder with programme.json, organizations.json, …")],
        policy: Annotated[Path | None, typer.Option(help="instead of the folder's dispatch_policy.json")] = None,
    ) -> None:
        """Bring contractors, coverage and dispatch policy into the database. Again: only what differs."""
        try:
            programme = read_programme(folder, policy)
        except ProgrammeUnusable as unusable:
            typer.echo(str(unusable), err=True)
            raise typer.Exit(1) from None
        loaded = in_transaction(roles, lambda tx: load_programme(tx, programme))
        standing = "new" if loaded.policy.is_new else "as before"
        typer.echo(
            f"organizations: {loaded.registered} registered, {loaded.changed} changed, {loaded.unchanged} as before; "
            f"policy {loaded.policy.name} version {loaded.policy.version} ({standing})"
        )
