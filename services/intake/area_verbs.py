"""`areas` on the command line: load a set, see which there are, tag a period's incidents anew."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.intake.area_files import AreasUnusable, read_collection
from services.intake.area_sets import AreaSet
from services.intake.current_programme import read_in_force
from services.intake.queries.area_sets import list_area_sets
from services.intake.refusals import somebody
from services.intake.usecases.load_areas import LoadedAreas, load_areas
from services.intake.usecases.retag_incidents import Retagged, Retagging, retag_incidents
from shared.kernel.vocabulary import AreaKind
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.runtime.cli import Roles, in_transaction
from shared.runtime.roles import with_database

File = Annotated[Path, typer.Argument(help="GeoJSON, features with id and name", exists=True, dir_okay=False)]
Kind = Annotated[AreaKind, typer.Option(help="of what kind all its areas are")]
Effective = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the first day on which it holds")]
From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="the first day of occurrence")]
To = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="the last day of occurrence")]
By = Annotated[
    str, typer.Option(help="who of the programme office decides it; kept with what it changes", callback=somebody)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only say what would change")]


def add_areas(cli: typer.Typer, roles: Roles) -> None:
    verbs = typer.Typer(no_args_is_help=True)

    @verbs.command(name="load")
    def load_(file: File, kind: Kind, effective: Effective, by: By) -> None:
        """Load a set of areas, in the place of one of the same kind and day. Repeating it changes nothing."""
        try:
            loaded = in_transaction(roles, lambda tx: _load(tx, file, kind, effective.date(), by))
        except AreasUnusable as refused:
            typer.echo(str(refused), err=True)
            raise typer.Exit(1) from None
        typer.echo("\n".join(_account(loaded, kind, effective.date())))

    @verbs.command(name="list")
    def list_() -> None:
        """Which sets there are, and from when each holds."""
        for row in in_transaction(roles, list_area_sets):
            by = row["loaded_by"] or "the programme"
            typer.echo(f"{row['kind']:<10} from {row['effective_from']}  {row['areas']} areas, by {by}")

    @verbs.command(name="retag")
    def retag_(first: From, last: To, by: By, dry_run: DryRun = False) -> None:
        """Tag incidents anew by the areas of their days. May be repeated, and goes on where it was stopped."""
        wanted = Retagging(first.date(), last.date(), by, dry_run=dry_run)
        with_database(roles, lambda db, _: _retag(db, wanted))

    cli.add_typer(verbs, name="areas", help="Areas through time.")


async def _load(tx: Transaction, file: Path, kind: AreaKind, effective: date, by: str) -> LoadedAreas:
    loaded = AreaSet(kind, effective, read_collection(file))
    return await load_areas(tx, loaded, (await read_in_force(tx)).programme.city, file.name, by=by)


def _account(loaded: LoadedAreas, kind: AreaKind, effective: date) -> list[str]:
    what = "loaded" if loaded.is_new else "unchanged"
    lines = [f"{loaded.areas} {kind} areas from {effective} {what}: {loaded.defined} defined, {loaded.retired} retired"]
    return lines + [
        f"  overlap: {' and '.join(overlap.area_ids)} share {overlap.size_m2:,.0f} m²" for overlap in loaded.overlaps
    ]


async def _retag(db: Database, wanted: Retagging) -> None:
    incidents, changes = 0, Counter[str]()
    async for one in retag_incidents(db, wanted):
        incidents += 1
        changes.update(_moves(one))
        typer.echo(f"{one.incident_id}  {', '.join(_moves(one))}")
    for move, count in changes.most_common():
        typer.echo(f"{count:>6}  {move}")
    typer.echo(
        f"{incidents} incidents of {wanted.first} to {wanted.last} {'would change' if wanted.dry_run else 'changed'}"
    )


def _moves(one: Retagged) -> list[str]:
    return [f"{was or 'none'} → {now or 'none'}" for was, now in zip(one.was, one.now, strict=True) if was != now]
