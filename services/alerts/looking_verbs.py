"""`dispatches` and `policies` on the command line: looking back at decisions. Nothing is changed."""

from typing import Annotated
from uuid import UUID

import typer

from services.alerts.queries.dispatches import find_dispatch
from services.alerts.queries.replay import Replay, replay
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Transaction
from shared.runtime.cli import Roles, in_transaction


def add_dispatches(cli: typer.Typer, roles: Roles) -> None:
    verbs = typer.Typer(no_args_is_help=True)

    @verbs.callback()
    def group() -> None:
        """Dispatches, as they were decided."""

    @verbs.command(name="replay")
    def replay_(incident: Annotated[UUID, typer.Argument(help="id of the incident")]) -> None:
        """Make each decision again from what it was made from. Exit code 1 if one comes out otherwise."""

        async def work(tx: Transaction) -> Replay:
            dispatch = await find_dispatch(tx, incident)
            if dispatch is None:
                raise NotFound("no dispatch for this incident")
            return await replay(tx, dispatch)

        found = in_transaction(roles, work)
        typer.echo("\n".join(_lines(found)))
        raise typer.Exit(0 if found.follows else 1)

    cli.add_typer(verbs, name="dispatches", help="Look back at dispatches.")


def _lines(found: Replay) -> list[str]:
    lines = [f"policy {found.policy_name} version {found.policy_version}, {len(found.decisions)} decisions"]
    for one in found.decisions:
        said = one.why_not or ("follows from what it was made from" if one.follows else "DOES NOT FOLLOW")
        lines.append(f"{one.at:%Y-%m-%d %H:%M:%S} {one.role} ({one.cause}), {one.people} people: {said}")
        lines += [f"  {it.interrupter_id or 'the whole'}: was {it.kept}; is {it.replayed}" for it in one.differences]
    return lines
