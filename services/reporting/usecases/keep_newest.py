"""Keep facts: the newest snapshot of a root wins, whatever the order of arrival; a repeat changes nothing.

One statement takes any number of rows of one table, so that a batch costs what a row does; no two of them may have
the same key.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from services.reporting.tables import FactRow
from shared.contracts.event import Snapshot
from shared.persistence.transaction import Transaction

S = TypeVar("S", bound=Snapshot)


def newest_of(snapshots: Iterable[S], root: Callable[[S], Hashable]) -> list[S]:
    """The highest version of each root."""
    newest: dict[Hashable, S] = {}
    for snapshot in snapshots:
        known = newest.get(root(snapshot))
        if known is None or known.version < snapshot.version:
            newest[root(snapshot)] = snapshot
    return list(newest.values())


async def keep_newest(tx: Transaction, rows: Sequence[FactRow]) -> set[tuple[Any, ...]]:
    """Inserts, or replaces older versions; returns the keys of what it wrote. All rows are of one table."""
    if not rows:
        return set()
    payload = json.dumps([row.model_dump(mode="json") for row in rows])
    return {tuple(row.values()) for row in await tx.rows(_statement(type(rows[0])), rows=payload)}


def _statement(table: type[FactRow]) -> str:
    """PostgreSQL itself reads the values by the table's column types."""
    described = table.__table__  # type: ignore[attr-defined] # set by the mapper on every table class
    names = [column.name for column in described.columns]
    keys = [column.name for column in described.primary_key.columns]
    columns, name = ", ".join(names), described.name
    settings = ", ".join(f"{column} = EXCLUDED.{column}" for column in names if column not in keys)
    return f"""
INSERT INTO {name} AS old ({columns})
SELECT {columns} FROM jsonb_populate_recordset(CAST(NULL AS {name}), CAST(:rows AS jsonb))
ON CONFLICT ({", ".join(keys)}) DO UPDATE SET {settings} WHERE old.version < EXCLUDED.version
RETURNING {", ".join(f"old.{key}" for key in keys)}
"""  # noqa: S608 - names of our own tables and columns
