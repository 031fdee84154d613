"""In what order an interrupter's endpoints are tried: by `position`, the older first where two have the same.

Supervisors' and the desk's endpoints are several people's: they are all called at once, and their order means nothing.
"""

from collections.abc import Callable
from uuid import UUID

from services.alerts.domain.visibility import Viewer
from services.alerts.domain.workforce import OwnerKind
from services.alerts.queries.endpoints import visible_endpoint
from services.alerts.tables import EndpointRow
from shared.kernel.errors import AlreadyExists
from shared.persistence.transaction import Transaction

MOST_PER_PERSON = 5
LAST_POSITION = 99
# Registering and enabling wait for each other, so that nobody has one too many.
_ONE_AFTER_THE_OTHER = "SELECT 1 FROM interrupters WHERE id = :owner_id FOR NO KEY UPDATE"
_THERE = """
SELECT count(*) AS count, max(position) AS last FROM webhook_endpoints
WHERE enabled AND owner_kind = 'interrupter' AND owner_id = :owner_id
"""


async def place_for(tx: Transaction, kind: OwnerKind, owner_id: UUID | None, *, wanted: int | None) -> int:
    """The position of one more enabled endpoint: the one wanted, or behind all others. Raises AlreadyExists."""
    if kind is not OwnerKind.INTERRUPTER:
        return wanted or 0
    await tx.rows(_ONE_AFTER_THE_OTHER, owner_id=owner_id)
    there = await tx.row(_THERE, owner_id=owner_id)
    if there["count"] >= MOST_PER_PERSON:
        raise AlreadyExists(f"this interrupter has {MOST_PER_PERSON} enabled endpoints; disable one first")
    if wanted is not None:
        return wanted
    return 0 if there["last"] is None else min(there["last"] + 1, LAST_POSITION)


async def place_endpoint(
    tx: Transaction, viewer: Viewer, endpoint_id: UUID, position: int, precondition: Callable[[int], None]
) -> EndpointRow:
    """Repeating it changes nothing. `precondition` is given the version and raises if it will not do."""
    await visible_endpoint(tx, viewer, endpoint_id)
    row = await visible_endpoint(tx, viewer, endpoint_id, lock=True)
    precondition(row.version)
    if row.position != position:
        row.position = position
        row.version += 1
    return row
