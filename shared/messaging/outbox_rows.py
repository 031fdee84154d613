"""The outbox as a person looks at it: what waits and what was set aside. Bodies are not shown: the topic has them."""

from collections.abc import Sequence
from typing import Literal

from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction

Which = Literal["waiting", "set_aside"]
_COLUMNS = """
id, event_id, headers ->> 'ce_type' AS type, topic, key, created_at,
CAST(extract(epoch FROM clock_timestamp() - created_at) AS double precision) AS age_s,
failures, set_aside_at, set_aside_reason AS reason, published_at, octet_length(value) AS bytes
"""
_WHERE: dict[Which, str] = {
    "waiting": "published_at IS NULL AND set_aside_at IS NULL",
    "set_aside": "set_aside_at IS NOT NULL",
}
_LIST = {
    which: f"SELECT {_COLUMNS} FROM outbox WHERE {where} AND id > :behind ORDER BY id LIMIT :limit"  # noqa: S608 - constants
    for which, where in _WHERE.items()
}
_SHOW = f"SELECT {_COLUMNS} FROM outbox WHERE id = :id"  # noqa: S608 - constants
_LARGEST = 2**63 - 1


async def list_outbox(tx: Transaction, which: Which, *, behind: int = 0, limit: int = 100) -> Sequence[Row]:
    """In the order of sending."""
    return await tx.rows(_LIST[which], behind=behind, limit=limit)


async def show_outbox_row(tx: Transaction, row_id: int) -> Row:
    row = await tx.row_or_none(_SHOW, id=row_id) if 0 < row_id <= _LARGEST else None
    if row is None:
        raise NotFound("no such outbox row")
    return row
