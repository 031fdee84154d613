"""Intake's own verbs on the command line: take a programme over, import or poll a crime feed, send messages."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.intake.area_verbs import add_areas
from services.intake.feeds.bearer import bearer_of
from services.intake.feeds.crime_file import NoCrimeFile
from services.intake.feeds.door import CannotReach
from services.intake.feeds.feed_state import StateUnusable, check_state
from services.intake.feeds.import_crime import Imported, account, import_crime
from services.intake.feeds.poll_crime import CrimePoller
from services.intake.feeds.polling import look_once, poll_for_ever
from services.intake.feeds.send_messages import MessageForm, send_messages
from services.intake.programme import ProgrammeUnusable, read_programme
from services.intake.refusals import CANNOT_REPORT, STOPPED_BY_HAND, an_address, refuse
from services.intake.usecases.load_programme import load_programme
from shared.kernel.clock import Clock, SystemClock
from shared.runtime.cli import Roles, in_transaction

LONGEST_PAUSE = 86_400
FAULTS_IN_THE_FILE = 1

Folder = Annotated[Path, typer.Argument(help="folder with programme.json", exists=True, file_okay=False)]
CrimeFile = Annotated[
    Path, typer.Argument(help="the police's crime file (CSV or GeoJSON)", exists=True, dir_okay=False)
]
Url = Annotated[str, typer.Option(help="where intake answers", callback=an_address)]
Token = Annotated[
    str,
    typer.Option(
        envvar="TRUCE_TOKEN", help="bearer token with the role source (or of staff), or @FILE: a file that holds it"
    ),
]
Feed = Annotated[
    str, typer.Argument(help="where the police publish their crime feed (CSV or GeoJSON)", callback=an_address)
]
State = Annotated[Path, typer.Option(help="file in which the poller remembers what it has read", dir_okay=False)]
Every = Annotated[int, typer.Option(help="seconds between two looks", min=1, max=LONGEST_PAUSE)]
Once = Annotated[
    bool, typer.Option("--once", help="look once; ends with 2 if the feed or intake is away, or there is no token")
]
Form = Annotated[MessageForm, typer.Argument(help="what the files are")]
Messages = Annotated[list[Path], typer.Argument(help="files, each one message", exists=True, dir_okay=False)]
ShiftToNow = Annotated[bool, typer.Option("--shift-to-now", help="move all times so that the newest row is now")]


def add_verbs(cli: typer.Typer, roles: Roles) -> None:
    add_areas(cli, roles)

    @cli.command(name="load-programme")
    def load_programme_(folder: Folder) -> None:
        """Take over the programme's areas and rules. Repeating it changes nothing."""
        try:
            document = read_programme(folder)
            loaded = in_transaction(roles, lambda tx: load_programme(tx, document))
        except ProgrammeUnusable as unusable:
            typer.echo(str(unusable), err=True)
            raise typer.Exit(1) from None
        what = "taken over" if loaded.is_new else "unchanged"
        typer.echo(f"{folder.name}: version {loaded.version} {what}, {loaded.areas_defined} areas defined")

    @cli.command(name="import-crime")
    def import_crime_(
        file: CrimeFile, token: Token, url: Url = "http://127.0.0.1:8101", shift_to_now: ShiftToNow = False
    ) -> None:
        """Post a crime file's violent incidents as reports. Repeating it adds nothing.

        With `poll-crime` on the same feed, use one identity (the token's `sub`): two are two sources to watch.

        Ends with 0 if all went in, 1 if rows were broken or refused (they are listed), 2 if nothing could be
        reported, or not to the end.
        """
        imported = _imported(file, token, url, SystemClock() if shift_to_now else None)
        typer.echo("\n".join(account(imported)))
        raise typer.Exit(0 if imported.is_whole else FAULTS_IN_THE_FILE)

    _add_feeds(cli)


def _imported(file: Path, token: str, url: str, shift_to_now: Clock | None) -> Imported:
    imported, screen = Imported(), Console(stderr=True)
    try:
        bearer = bearer_of(token)()
        asyncio.run(
            import_crime(file, url=url, token=bearer, shift_to_now=shift_to_now, console=screen, imported=imported)
        )
    except CannotReach as unreached:
        refuse(f"{unreached} {imported.so_far()}" if imported.rows_reported else str(unreached))
    except NoCrimeFile as why:
        refuse(f"{file.name} is no crime file: {why}.")
    except KeyboardInterrupt:
        refuse(f"Stopped. {imported.so_far()}", STOPPED_BY_HAND)
    return imported


def _add_feeds(cli: typer.Typer) -> None:
    @cli.command(name="poll-crime")
    def poll_crime_(
        feed: Feed,
        token: Token,
        url: Url = "http://127.0.0.1:8101",
        state: State = Path("crime-feed.json"),
        every: Every = 300,
        once: Once = False,
    ) -> None:
        """Look at a crime feed again and again, and report what is new in it. Prints a line for each look.

        With `import-crime` of the same feed, use one identity (the token's `sub`): two are two sources to watch.
        """
        try:
            check_state(state)
        except StateUnusable as unusable:
            refuse(str(unusable))
        poller = CrimePoller(feed, url, bearer_of(token), state)
        if not once:
            asyncio.run(poll_for_ever(poller, every, typer.echo))
        raise typer.Exit(0 if asyncio.run(look_once(poller, typer.echo)) else CANNOT_REPORT)

    @cli.command(name="send")
    def send_(form: Form, files: Messages, token: Token, url: Url = "http://127.0.0.1:8101") -> None:
        """Send EIDO or CAP messages, or gunshot detections, from files. Repeating it adds nothing.

        Ends with 0 if all of it went in, 1 if something was refused (it is listed), 2 if intake does not answer.
        """
        try:
            refused = asyncio.run(send_messages(form, files, url=url, token=bearer_of(token)(), say=typer.echo))
        except CannotReach as unreached:
            refuse(str(unreached))
        raise typer.Exit(FAULTS_IN_THE_FILE if refused else 0)
