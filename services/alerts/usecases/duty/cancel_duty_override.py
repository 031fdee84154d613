"""An extra shift or an absence is called off: from now on the shifts alone count."""

from uuid import UUID

from services.alerts.domain.visibility import Viewer
from services.alerts.usecases.duty.lock_planned import lock_planned
from services.alerts.usecases.duty.settle_duty import settle_duty
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction

# Again: as it was. The first who called it off stays known.
_CANCEL = """
UPDATE duty_overrides SET cancelled_at = coalesce(cancelled_at, app_now()), cancelled_by = coalesce(cancelled_by, :by)
WHERE id = :id AND interrupter_id = :interrupter_id
RETURNING *
"""


async def cancel_duty_override(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, override_id: UUID, by: str
) -> Row:
    rows = await lock_planned(tx, viewer, interrupter_id)
    cancelled = await tx.row_or_none(_CANCEL, id=override_id, interrupter_id=interrupter_id, by=by)
    if cancelled is None:
        raise NotFound("no such extra shift or absence")
    await settle_duty(tx, rows)
    return cancelled
