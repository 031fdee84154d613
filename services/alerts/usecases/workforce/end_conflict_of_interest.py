"""A conflict of interest ends before its time: whoever was kept out may be asked there again."""

from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_know_conflicts_of_interest
from services.alerts.queries.workers import visible_interrupter, whose
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from shared.kernel.errors import NotAllowed, NotFound
from shared.persistence.transaction import Row, Transaction

# Again: as it was. The first who ended it stays known.
_END = """
UPDATE conflicts_of_interest SET ended_at = coalesce(ended_at, app_now()), ended_by = coalesce(ended_by, :by)
WHERE id = :id AND interrupter_id = :interrupter_id
RETURNING *
"""


async def end_conflict_of_interest(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, conflict_id: UUID, by: str
) -> Row:
    row = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_know_conflicts_of_interest(viewer, whose(row)):
        raise NotAllowed("conflicts of interest are for the supervisors of the person's organization")
    ended = await tx.row_or_none(_END, id=conflict_id, interrupter_id=interrupter_id, by=by)
    if ended is None:
        raise NotFound("no such conflict of interest")
    await ask_to_reconsider(tx)
    return ended
