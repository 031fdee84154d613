"""`python -m services.casework VERB`."""

from pathlib import Path
from typing import Annotated

import typer

from services.casework.programme import ProgrammeUnusable, read_programme
from services.casework.settings import CaseworkSettings
from services.casework.usecases.load_programme import load_programme
from shared.runtime.cli import Roles, command_line, in_transaction
from shared.runtime.later import later, later_value

ROLES = Roles(
    service="casework",
    settings=CaseworkSettings,
    app=later("services.casework.app", "build_app"),
    stream=later("services.casework.stream", "build_stream"),
    subscriptions=later_value("services.casework.subscriptions", "SUBSCRIPTIONS"),
)
cli = command_line(ROLES)


@cli.command(name="load-programme")
def load(folder: Annotated[Path, typer.Argument(help="the programme's folder, with programme.json")]) -> None:
    """Put a programme's rules for follow-ups in force. Loading the same again changes nothing."""
    try:
        programme = read_programme(folder)
    except ProgrammeUnusable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    loaded = in_transaction(ROLES, lambda tx: load_programme(tx, programme))
    was = "loaded" if loaded.is_new else "in force already"
    typer.echo(f"{programme.programme_id}: version {loaded.version} {was}; {loaded.judged} waiting incidents judged")


if __name__ == "__main__":
    cli()
