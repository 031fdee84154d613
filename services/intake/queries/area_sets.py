"""Which sets of areas there are, and from when each holds."""

from collections.abc import Sequence

from shared.persistence.transaction import Row, Transaction

_LIST = """
SELECT kind, effective_from, loaded_at, loaded_by, json_array_length(collection -> 'features') AS areas
FROM area_sets ORDER BY kind, effective_from
"""


async def list_area_sets(tx: Transaction) -> Sequence[Row]:
    return await tx.rows(_LIST)
