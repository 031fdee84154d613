"""Safety holds, for those who may place and end them and nobody else."""

from collections.abc import Sequence
from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_hold
from services.alerts.queries.workers import visible_interrupter, whose
from services.alerts.tables import InterrupterRow
from shared.kernel.errors import NotAllowed
from shared.persistence.transaction import Row, Transaction

_LISTED = """
SELECT * FROM safety_holds WHERE interrupter_id = :interrupter_id
  AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)) ORDER BY id LIMIT :limit
"""


async def visible_to_hold(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, *, lock: bool = False
) -> InterrupterRow:
    """Raises NotFound, NotAllowed."""
    row = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_hold(viewer, whose(row)):
        raise NotAllowed("safety holds are for the person's supervisors and the dispatchers")
    return await visible_interrupter(tx, viewer, interrupter_id, lock=True) if lock else row


async def list_safety_holds(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Row]:
    """Those that have ended too."""
    await visible_to_hold(tx, viewer, interrupter_id)
    return await tx.rows(_LISTED, interrupter_id=interrupter_id, after=after, limit=limit)
