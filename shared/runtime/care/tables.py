"""How lists and single things are printed: wide, plain, the same everywhere."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

_WIDTH = 220


def print_list(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, empty: str) -> None:
    rows = list(rows)
    if not rows:
        typer.echo(empty)
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*(_said(row[name]) for name in columns))
    Console(width=_WIDTH).print(table)


def print_one(row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        typer.echo(f"{name}: {_said(value)}")


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"{value:.1f}" if isinstance(value, float) else str(value)
