"""`deliveries list|show|replay`: the delivery log on the command line."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from services.alerts.domain.replaying import Unsendable
from services.alerts.domain.visibility import Viewer
from services.alerts.message_types import kind_named
from services.alerts.queries.deliveries import Wanted, attempts_of, delivery_page, visible_delivery
from services.alerts.usecases.messages.replay_all_deliveries import Replayed, replay_all_deliveries
from services.alerts.usecases.messages.replay_delivery import replay_delivery
from shared.kernel.errors import StateConflict
from shared.persistence.database import Database
from shared.persistence.transaction import Row, Transaction
from shared.runtime.care.tables import print_list, print_one
from shared.runtime.cli import Roles, in_transaction
from shared.runtime.roles import with_database
from shared.runtime.settings import ServiceSettings


def _kind(said: str | None) -> str | None:
    try:
        return None if said is None else kind_named(said)
    except ValueError as unknown:
        raise typer.BadParameter(str(unknown)) from None


Delivery = Annotated[UUID, typer.Argument(help="id of the delivery")]
Endpoint = Annotated[UUID | None, typer.Option(help="of this endpoint alone")]
Kind = Annotated[str | None, typer.Option(help="of this kind alone: offer.made, page.alarm …", callback=_kind)]
Since = Annotated[datetime | None, typer.Option(help="UTC; queued then or later")]
_EVERYTHING = Viewer(administers=True)
_COLUMNS = ("delivery_id", "kind", "state", "attempts", "last_outcome", "endpoint_id", "offer_id", "queued_at")


def deliveries_verbs(roles: Roles) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True)
    _add_looking(cli, roles)
    _add_replay(cli, roles)
    return cli


def _add_looking(cli: typer.Typer, roles: Roles) -> None:
    @cli.command(name="list")
    def list_(
        state: Annotated[str | None, typer.Option(help="dead, delivered, retry_scheduled …")] = None,
        endpoint: Endpoint = None,
        kind: Kind = None,
        since: Since = None,
        limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    ) -> None:
        """The newest messages."""
        wanted = Wanted(endpoint_id=endpoint, state=state, kind=kind, since=_utc(since))
        rows = in_transaction(roles, lambda tx: delivery_page(tx, _EVERYTHING, wanted, behind=None, limit=limit))
        print_list(rows, _COLUMNS, empty="none")

    @cli.command()
    def show(delivery: Delivery) -> None:
        """One, with its attempts."""

        async def look(tx: Transaction) -> tuple[Row, list[Row]]:
            return await visible_delivery(tx, _EVERYTHING, delivery), [*await attempts_of(tx, delivery)]

        row, attempts = in_transaction(roles, look)
        print_one({name: value for name, value in row.items() if name != "body"})
        print_list(attempts, ("number", "at", "took_ms", "outcome", "status"), empty="no attempt yet")


def _add_replay(cli: typer.Typer, roles: Roles) -> None:
    @cli.command()
    def replay(
        delivery: Annotated[UUID | None, typer.Argument(help="id of the delivery")] = None,
        since: Since = None,
        endpoint: Endpoint = None,
        kind: Kind = None,
    ) -> None:
        """Send a dead message again, or with --since all that died and still hold; the others stay."""
        if (delivery is None) == (since is None):
            raise typer.BadParameter("give either the id of one delivery, or --since")
        if delivery is not None:
            typer.echo(f"sent again as {_replay_one(roles, delivery)}")
        else:
            _replay_all(roles, Wanted(since=_utc(since), endpoint_id=endpoint, kind=kind))


def _replay_one(roles: Roles, delivery: UUID) -> UUID:
    async def work(tx: Transaction) -> UUID:
        again = await replay_delivery(tx, _EVERYTHING, delivery)
        if isinstance(again, Unsendable):
            raise StateConflict(f"it is not sent again: {again}", state=again)
        return again

    return in_transaction(roles, work)


def _replay_all(roles: Roles, wanted: Wanted) -> None:
    async def work(db: Database, _: ServiceSettings) -> Replayed:
        return await replay_all_deliveries(db, _EVERYTHING, wanted, at_most=100_000)

    done = with_database(roles, work)
    stay = ", ".join(f"{count} stay ({why})" for why, count in sorted(done.skipped.items()))
    typer.echo(f"{done.replayed} sent again" + (f", {stay}" if stay else ""))


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)
