"""Keep facts: the newest snapshot of a root wins, whatever the order of arrival; a repeat changes nothing.

One statement takes any number of rows of one table, so that a batch costs what a row does; no two of them may have
the same key.
"""

import json
from collections.abc import Sequence

from services.reporting.tables import FactRow
from shared.persistence.transaction import Transaction


async def keep_newest(tx: Transaction, rows: Sequence[FactRow]) -> int:
    """Inserts, or replaces older versions; returns how many it wrote. All rows are of one table."""
    if not rows:
        return 0
    payload = json.dumps([row.model_dump(mode="json") for row in rows])
    return await tx.run(_statement(type(rows[0])), rows=payload)


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
"""  # noqa: S608 - names of our own tables and columns
