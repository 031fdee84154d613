"""Which communities there are: a name that nobody knows is refused, for what is said of it would never count."""

from collections.abc import Mapping

from shared.kernel.errors import FieldError, Invalid
from shared.persistence.transaction import Transaction

_UNKNOWN = """
SELECT named FROM unnest(CAST(:named AS text[])) AS named
WHERE EXISTS (SELECT FROM communities) AND NOT EXISTS (SELECT FROM communities WHERE area_id = named)
"""


async def refuse_unknown_communities(tx: Transaction, said: Mapping[str, str | None]) -> None:
    """`said`: pointer → community. Raises Invalid. Before areas are loaded, nothing is known and all is taken."""
    named = [one for one in said.values() if one is not None]
    unknown = {row["named"] for row in await tx.rows(_UNKNOWN, named=named)} if named else set()
    faults = [
        FieldError(pointer, "is no community of the areas loaded") for pointer, one in said.items() if one in unknown
    ]
    if faults:
        raise Invalid(*faults)
