"""`python -m services.reporting VERB`."""

from pathlib import Path
from typing import Annotated

import typer

from services.reporting.programme import ProgrammeUnusable, read_programme
from services.reporting.settings import ReportingSettings
from services.reporting.usecases.load_programme import load_programme
from shared.runtime.cli import Roles, command_line, in_transaction
from shared.runtime.later import later, later_value

ROLES = Roles(
    service="reporting",
    settings=ReportingSettings,
    app=later("services.reporting.app", "build_app"),
    stream=later("services.reporting.stream", "build_stream"),
    subscriptions=later_value("services.reporting.subscriptions", "SUBSCRIPTIONS"),
)
cli = command_line(ROLES)


@cli.command(name="load-programme")
def load_programme_(
    folder: Annotated[Path, typer.Argument(help="folder with programme.json", exists=True, file_okay=False)],
    policy: Annotated[str, typer.Option(help="the dispatch policy's file in it")] = "dispatch_policy.json",
) -> None:
    """Take over the programme's time zone and response targets."""
    try:
        programme = read_programme(folder, policy)
    except ProgrammeUnusable as unusable:
        typer.echo(str(unusable), err=True)
        raise typer.Exit(1) from None
    in_transaction(ROLES, lambda tx: load_programme(tx, programme))
    targets = ", ".join(f"{name} within {seconds:g} s" for name, seconds in programme.targets_s.items())
    typer.echo(f"{programme.programme_id}: days of {programme.time_zone}; targets: {targets or 'none'}")


if __name__ == "__main__":
    cli()
