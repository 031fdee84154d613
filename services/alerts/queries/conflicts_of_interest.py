"""Who is kept out of what, for the supervisors of the person's organization and nobody else."""

from collections.abc import Sequence
from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_know_conflicts_of_interest
from services.alerts.queries.workers import visible_interrupter, whose
from shared.kernel.errors import NotAllowed
from shared.persistence.transaction import Row, Transaction

_LISTED = """
SELECT id, community, incident_id, reason, expires_at, ended_at FROM conflicts_of_interest
WHERE interrupter_id = :interrupter_id AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
ORDER BY id LIMIT :limit
"""


async def list_conflicts_of_interest(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Row]:
    """Expired and ended ones too: they explain what was decided then."""
    row = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_know_conflicts_of_interest(viewer, whose(row)):
        raise NotAllowed("conflicts of interest are for the supervisors of the person's organization")
    return await tx.rows(_LISTED, interrupter_id=interrupter_id, after=after, limit=limit)
