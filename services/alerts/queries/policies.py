"""The policies that were loaded, and which is in force: the one loaded last."""

from collections.abc import Sequence

from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction

_IN_FORCE = "SELECT name, version, body, app_now() AS now FROM policies ORDER BY loaded_at DESC, version DESC LIMIT 1"
_LISTED = """
SELECT name, version, body, loaded_at,
       (name, version) = (SELECT name, version FROM policies ORDER BY loaded_at DESC, version DESC LIMIT 1) AS in_force,
       (SELECT count(*) FROM dispatches d
        WHERE d.policy_name = p.name AND d.policy_version = p.version AND d.closed_at IS NULL) AS running
FROM policies p
"""
_NEWEST = f"{_LISTED} ORDER BY loaded_at DESC, version DESC LIMIT 200"
_ONE = f"{_LISTED} WHERE name = :name AND version = :version"


async def policy_in_force(tx: Transaction) -> Row | None:
    found = await tx.row_or_none(_IN_FORCE)
    if found is not None:
        tx.is_now(found["now"])
    return found


async def list_policies(tx: Transaction) -> Sequence[Row]:
    return await tx.rows(_NEWEST)


async def read_policy(tx: Transaction, name: str, version: int) -> Row:
    """Raises NotFound."""
    row = await tx.row_or_none(_ONE, name=name, version=version)
    if row is None:
        raise NotFound("no such policy")
    return row
