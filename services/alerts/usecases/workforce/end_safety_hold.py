"""A safety hold ends, by a person or because its time is over: whoever was held may be asked again at once."""

from uuid import UUID

from services.alerts.domain.visibility import Viewer
from services.alerts.queries.safety_holds import visible_to_hold
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction

# Again: as it was. The first who ended it stays known.
_END = """
UPDATE safety_holds SET ended_at = coalesce(ended_at, app_now()),
    ended_by = CASE WHEN ended_at IS NULL THEN :by ELSE ended_by END
WHERE id = :id AND interrupter_id = :interrupter_id
RETURNING *
"""
_RELEASE = """
UPDATE interrupters SET held = false WHERE id = :id
AND NOT EXISTS (SELECT FROM safety_holds WHERE interrupter_id = :id AND ended_at IS NULL)
"""
# The interrupter first, as whoever places one locks it.
_DUE = """
SELECT i.id FROM interrupters i JOIN safety_holds h ON h.interrupter_id = i.id
WHERE h.ended_at IS NULL AND h.until <= app_now() LIMIT 1 FOR UPDATE OF i SKIP LOCKED
"""
_OVER = """
UPDATE safety_holds SET ended_at = app_now() WHERE interrupter_id = :id AND ended_at IS NULL AND until <= app_now()
"""


async def end_safety_hold(tx: Transaction, viewer: Viewer, interrupter_id: UUID, hold_id: UUID, by: str) -> Row:
    """Repeating it changes nothing."""
    await visible_to_hold(tx, viewer, interrupter_id, lock=True)
    ended = await tx.row_or_none(_END, id=hold_id, interrupter_id=interrupter_id, by=by)
    if ended is None:
        raise NotFound("no such safety hold")
    await _release(tx, interrupter_id)
    return ended


async def end_overdue_hold(tx: Transaction) -> bool:
    """One; False if there is none that another engine has not taken."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    await tx.run(_OVER, id=due["id"])
    await _release(tx, due["id"])
    return True


async def _release(tx: Transaction, interrupter_id: UUID) -> None:
    if await tx.run(_RELEASE, id=interrupter_id):
        await ask_to_reconsider(tx)
