"""Somebody comes on duty or goes off; saying it again changes nothing, and does not restart the waiting."""

from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_change_duty
from services.alerts.queries.workers import visible_interrupter, whose, worker_snapshot
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.reconsider_exhausted import ask_to_reconsider
from shared.contracts.events.workers import WorkerDutyChanged
from shared.kernel.errors import NotAllowed
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def change_duty(tx: Transaction, viewer: Viewer, interrupter_id: UUID, *, on_duty: bool) -> InterrupterRow:
    seen = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_change_duty(viewer, whose(seen)):
        raise NotAllowed("duty is changed by the person, the person's supervisor or a dispatcher")
    if on_duty:
        await ask_to_reconsider(tx)
    row = await visible_interrupter(tx, viewer, interrupter_id, lock=True)
    if row.on_duty == on_duty:
        return row
    row.on_duty = on_duty
    if on_duty:
        row.available_since = await tx.now()
    row.version += 1
    await publish(tx, WorkerDutyChanged(at=await tx.now(), worker=await worker_snapshot(tx, row)))
    return row
