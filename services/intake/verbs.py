"""Intake's own verbs on the command line: take a programme over, import a crime file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.intake.feeds.door import CannotReach
from services.intake.feeds.import_crime import account, import_crime
from services.intake.programme import ProgrammeUnusable, read_programme
from services.intake.usecases.load_programme import load_programme
from shared.kernel.clock import SystemClock
from shared.runtime.cli import Roles, in_transaction

FAULTS_IN_THE_FILE = 1
CANNOT_REPORT = 2

Folder = Annotated[Path, typer.Argument(help="folder with programme.json", exists=True, file_okay=False)]
CrimeFile = Annotated[Path, typer.Argument(help="the police's crime file (CSV)", exists=True, dir_okay=False)]
Url = Annotated[str, typer.Option(help="where intake answers")]
Token = Annotated[str, typer.Option(envvar="TRUCE_TOKEN", help="bearer token with the role source (or of staff)")]
ShiftToNow = Annotated[bool, typer.Option("--shift-to-now", help="move all times so that the newest row is now")]


def add_verbs(cli: typer.Typer, roles: Roles) -> None:
    @cli.command(name="load-programme")
    def load_programme_(folder: Folder) -> None:
        """Take over the programme's areas and rules. Repeating it changes nothing."""
        try:
            document = read_programme(folder)
        except ProgrammeUnusable as unusable:
            typer.echo(str(unusable), err=True)
            raise typer.Exit(1) from None
        loaded = in_transaction(roles, lambda tx: load_programme(tx, document))
        what = "taken over" if loaded.is_new else "unchanged"
        typer.echo(f"{folder.name}: version {loaded.version} {what}, {loaded.areas_defined} areas defined")

    @cli.command(name="import-crime")
    def import_crime_(
        file: CrimeFile, token: Token, url: Url = "http://127.0.0.1:8101", shift_to_now: ShiftToNow = False
    ) -> None:
        """Post a crime file's violent incidents as reports. Repeating it adds nothing.

        Ends with 0 if all went in, 1 if rows were broken or refused (they are listed), 2 if nothing could be reported.
        """
        clock = SystemClock() if shift_to_now else None
        screen = Console(stderr=True)
        try:
            imported = asyncio.run(import_crime(file, url=url, token=token, shift_to_now=clock, console=screen))
        except CannotReach as unreached:
            typer.echo(str(unreached), err=True)
            raise typer.Exit(CANNOT_REPORT) from None
        typer.echo("\n".join(account(imported)))
        raise typer.Exit(0 if imported.is_whole else FAULTS_IN_THE_FILE)
