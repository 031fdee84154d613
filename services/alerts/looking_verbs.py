"""`dispatches` and `policies` on the command line: looking back at decisions. Nothing is changed."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from services.alerts.domain.trial import Asking, Comparison, summed_up
from services.alerts.domain.visibility import Viewer
from services.alerts.policy_file import PolicyFile
from services.alerts.programme_files import ProgrammeUnusable, read_file
from services.alerts.queries.dispatches import find_dispatch
from services.alerts.queries.replay import Replay, replay
from services.alerts.queries.trial import Trial, try_policy
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
            return await replay(tx, dispatch, Viewer())

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


def add_policies(cli: typer.Typer, roles: Roles) -> None:
    verbs = typer.Typer(no_args_is_help=True)

    @verbs.callback()
    def group() -> None:
        """Policies, before they are loaded."""

    @verbs.command(name="try")
    def try_(
        file: Annotated[Path, typer.Argument(help="a dispatch policy's file")],
        last: Annotated[str, typer.Option(help="how far back: days or hours, as 90d or 12h")] = "90d",
    ) -> None:
        """What it would have changed in past incidents: who is asked first, how many at once, where nobody can be."""
        span = _span(last)
        try:
            policy = read_file(file, PolicyFile)
        except ProgrammeUnusable as unusable:
            typer.echo(str(unusable), err=True)
            raise typer.Exit(1) from None
        found = in_transaction(roles, lambda tx: try_policy(tx, policy.name, policy.body(), last=span))
        typer.echo("\n".join(_trial_lines(found)))

    cli.add_typer(verbs, name="policies", help="Try a policy on past incidents.")


def _span(text: str) -> timedelta:
    said = re.fullmatch(r"([1-9][0-9]{0,4})([dh])", text)
    if said is None:
        raise typer.BadParameter("days or hours, as 90d or 12h", param_hint="--last")
    return timedelta(days=int(said[1])) if said[2] == "d" else timedelta(hours=int(said[1]))


def _trial_lines(found: Trial) -> Iterator[str]:
    judged = {one.incident_id: one.comparisons for one in found.incidents if one.comparisons}
    for one in found.incidents:
        if any(it.differs for it in one.comparisons):
            yield f"{one.activated_at:%Y-%m-%d %H:%M} {one.kind} in {one.where} ({one.incident_id})"
            yield from (f"  {_changed(it, found.call_signs)}" for it in one.comparisons if it.differs)
    total = summed_up(judged)
    yield f"{total.incidents} incidents, {total.changed} of them otherwise"
    yield f"another one asked first: {total.first_asked_otherwise}"
    yield f"asked at once: {total.offers_before} before, {total.offers_after} after"
    yield f"roles that nobody could be asked for: {total.nobody_before} before, {total.nobody_after} after"
    if missing := len(found.incidents) - len(judged):
        yield f"{missing} more have no inputs that are kept"


def _changed(it: Comparison, signs: Mapping[UUID, str]) -> str:
    return f"{it.role}: was {_asking(it.before, signs)}; would be {_asking(it.after, signs)}"


def _asking(one: Asking, signs: Mapping[UUID, str]) -> str:
    if one.wanted == 0:
        return "not wanted"
    names = ", ".join(signs.get(who, str(who)) for who in one.at_once) or "nobody to ask"
    return f"{names} ({one.wanted} wanted)"
