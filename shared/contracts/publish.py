"""`python -m shared.contracts.publish`: write the golden schemas that are missing, and never touch one that is there.

An event that changed additively gets a new number (`SCHEMA` on its class) and a golden of its own; any other change
is a new major version: another type.
"""

import json
from collections.abc import Collection, Iterable
from pathlib import Path

import typer

from shared.contracts.evolution import breaks
from shared.contracts.golden import SCHEMAS, Promised, golden_path, read_sums, schema_of, sum_of, write_sums, written
from shared.contracts.registry import EVENTS


class Unpublishable(Exception):
    """What was promised would not be kept; `reasons` has one line each. Nothing was written."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def publish(events: Iterable[type[Promised]], folder: Path) -> list[str]:
    """The names newly published. Raises Unpublishable, then having written nothing."""
    sums = read_sums(folder)
    new: dict[str, bytes] = {}
    reasons = _edited(sums, folder)
    for event in events:
        name, golden = event.schema_name(), written(schema_of(event))
        if name not in sums:
            reasons += _against_predecessor(event, folder)
            new[name] = golden
        elif sums[name] != sum_of(golden):
            reasons.append(f"{name} is released and would change; an added optional field needs SCHEMA + 1")
    if reasons:
        raise Unpublishable(reasons)
    for name, golden in new.items():
        path = golden_path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(golden)
    write_sums(folder, sums | {name: sum_of(golden) for name, golden in new.items()})
    return list(new)


def _edited(sums: dict[str, str], folder: Path) -> list[str]:
    paths = {name: golden_path(folder, name) for name in sums}
    return [
        f"{name} is released and was edited or removed"
        for name, path in paths.items()
        if not path.exists() or sum_of(path.read_bytes()) != sums[name]
    ]


def _against_predecessor(event: type[Promised], folder: Path) -> list[str]:
    if event.SCHEMA == 1:
        return []
    before = golden_path(folder, f"{event.TYPE}/{event.SCHEMA - 1}")
    if not before.exists():
        return [f"{event.schema_name()}: number {event.SCHEMA - 1} was never published"]
    found = breaks(json.loads(before.read_bytes()), schema_of(event))
    return [f"{event.schema_name()}: {reason}" for reason in found]


def publish_and_tell(models: Collection[type[Promised]], folder: Path, what: str) -> None:
    """For command lines: says what is new, or why nothing was written, and ends with 1 then."""
    try:
        names = publish(models, folder)
    except Unpublishable as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    for name in names:
        typer.echo(f"published {name}")
    typer.echo(f"{len(names)} new, {len(models)} {what} in all")


def main() -> None:
    """Write the missing golden schemas; refuse to change a released one."""
    publish_and_tell(EVENTS.values(), SCHEMAS, "events")


if __name__ == "__main__":
    typer.run(main)
