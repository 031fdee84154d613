"""Rows that are put into tables just before the commit, all in one statement, whatever tables they are for.

Each table's are written by one INSERT that takes a column's values as one array; several of those become one statement
with each but the last in its WITH clause. They see nothing of each other, and foreign keys between them are looked at
when all are in.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from shared.persistence.sql_text import with_suffix


class PutRows:
    """`insert`: SQL with one array parameter per key of its rows; it keeps their order where that matters."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Mapping[str, Any]]] = {}

    def add(self, insert: str, row: Mapping[str, Any]) -> None:
        self._rows.setdefault(insert, []).append(row)

    def take(self) -> tuple[str, dict[str, Any]] | None:
        """The statement and its parameters, None if there is nothing to write."""
        rows, self._rows = self._rows, {}
        if not rows:
            return None
        parameters = {
            f"{name}_{number}": [row[name] for row in of_one]
            for number, of_one in enumerate(rows.values())
            for name in of_one[0]
        }
        return _together(tuple(rows)), parameters


@cache
def _together(inserts: tuple[str, ...]) -> str:
    """Few combinations exist. A parameter is named after its insert's place as well."""
    *others, last = [with_suffix(insert, f"_{number}") for number, insert in enumerate(inserts)]
    parts = ", ".join(f"part_{number} AS ({insert})" for number, insert in enumerate(others))
    return f"WITH {parts} {last}" if others else last
