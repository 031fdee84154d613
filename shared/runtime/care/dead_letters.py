"""`dead-letters list|show|replay|discard`: records that were set aside."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from shared.kernel.errors import Refused
from shared.messaging import dead_letters, mending
from shared.messaging.subscriptions import Subscriptions
from shared.persistence.database import Database
from shared.persistence.sqlstate import is_transient, sqlstate
from shared.persistence.transaction import Transaction
from shared.runtime.care.tables import print_list, print_one
from shared.runtime.roles import Roles, in_transaction, with_database
from shared.runtime.settings import ServiceSettings

Letter = Annotated[UUID, typer.Argument(help="id of the dead letter")]
_COLUMNS = ("id", "topic", "partition", "record_offset", "reason", "detail", "set_aside_at", "settlement")
_HIDDEN = ("key", "headers", "value")


class NotApplied(Refused):
    """Its use case failed; it stays set aside."""

    slug = "not-applied"


def dead_letters_verbs(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)
    _add_looking(cli, roles)
    _add_settling(cli, roles)
    return cli


def _add_looking(cli: typer.Typer, roles: Roles) -> None:
    @cli.command(name="list")
    def list_(everything: Annotated[bool, typer.Option("--all", help="settled ones too")] = False) -> None:
        """The open ones, newest first."""
        rows = in_transaction(roles, lambda tx: dead_letters.list_letters(tx, settled_too=everything))
        print_list(rows, _COLUMNS, empty="none is open")

    @cli.command()
    def show(letter: Letter) -> None:
        """One, whole: where it came from, why it was set aside, its headers and bytes."""
        row = in_transaction(roles, lambda tx: dead_letters.show_letter(tx, letter))
        print_one({name: value for name, value in row.items() if name not in _HIDDEN})
        print_one(asdict(dead_letters.content_of(row)))


def _add_settling(cli: typer.Typer, roles: Roles) -> None:
    def mender() -> mending.Mender:
        subscriptions: Subscriptions = roles.subscriptions()
        return mending.Mender(roles.service, subscriptions, by="command line")

    @cli.command()
    def replay(
        letter: Annotated[UUID | None, typer.Argument(help="id of the dead letter")] = None,
        everything: Annotated[bool, typer.Option("--all", help="every open one, oldest first")] = False,
        since: Annotated[datetime | None, typer.Option(help="UTC; with --all: set aside after this")] = None,
    ) -> None:
        """Apply it now, once. With --all: each by itself; what cannot be applied stays."""
        if (letter is None) != everything or (since is not None and not everything):
            raise typer.BadParameter("give either the id of one letter, or --all (which may have --since)")
        if letter is not None:
            _replay_one(roles, letter, mender())
        else:
            _replay_all(roles, mender(), since.replace(tzinfo=UTC) if since else None)

    @cli.command()
    def discard(letter: Letter) -> None:
        """Settle it without applying it; it is kept."""
        in_transaction(roles, lambda tx: mending.discard(tx, letter, mender()))
        typer.echo("discarded")


def _replay_one(roles: Roles, letter: UUID, mender: mending.Mender) -> None:
    async def work(tx: Transaction) -> None:
        try:
            await mending.replay(tx, letter, mender)
        except Refused:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            raise NotApplied(f"{type(error).__name__} {sqlstate(error) or ''}".strip()) from error

    in_transaction(roles, work)
    typer.echo("replayed")


def _replay_all(roles: Roles, mender: mending.Mender, since: datetime | None) -> None:
    """Exit code 1 if some could not be applied."""

    async def work(db: Database, _: ServiceSettings) -> mending.Replayed:
        return await mending.replay_all(db, mender, since=since, at_most=100_000)

    done = with_database(roles, work)
    typer.echo(f"{done.replayed} replayed, {done.refused} could not be applied and stay")
    if done.refused or done.more:
        raise typer.Exit(1)
