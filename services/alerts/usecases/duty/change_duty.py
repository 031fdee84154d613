"""Somebody says that they are on duty or off; saying it again changes nothing, and does not restart the waiting.

It holds until the end of the shift, or of the gap between shifts, in which it was said.
"""

from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_change_duty
from services.alerts.queries.workers import visible_interrupter, whose
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.duty.settle_duty import settle_duty
from shared.kernel.errors import NotAllowed, StateConflict
from shared.persistence.transaction import Transaction


async def change_duty(tx: Transaction, viewer: Viewer, interrupter_id: UUID, *, on_duty: bool) -> InterrupterRow:
    seen = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_change_duty(viewer, whose(seen)):
        raise NotAllowed("duty is changed by the person, the person's supervisor or a dispatcher")
    row = await visible_interrupter(tx, viewer, interrupter_id, lock=True)
    if on_duty and not row.active:
        raise StateConflict("this person is not active", state="inactive")
    row.duty_word, row.duty_word_at = on_duty, await tx.now()
    await settle_duty(tx, [row])
    return row
