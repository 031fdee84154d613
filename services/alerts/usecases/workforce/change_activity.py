"""Somebody leaves, or comes back. Whoever has left is never asked and never on duty; what they did stays on record."""

from collections.abc import Callable
from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_register_interrupter
from services.alerts.queries.workers import visible_interrupter, worker_snapshot
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.duty.settle_duty import settle_duty
from shared.contracts.events.workers import WorkerChanged
from shared.kernel.errors import NotAllowed, StateConflict
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_AT_WORK = """
SELECT id FROM assignments WHERE interrupter_id = :id AND state IN ('accepted', 'en_route', 'on_scene')
"""


async def deactivate_interrupter(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, precondition: Callable[[int], None]
) -> InterrupterRow:
    """The engine withdraws what they are being asked. Raises StateConflict for somebody who is at an incident: who
    takes their place there is decided first. Whoever says yes at this very moment becomes an alarm.
    """
    row = await _locked(tx, viewer, interrupter_id, precondition)
    if row.active and await tx.rows(_AT_WORK, id=row.id):
        raise StateConflict("this person has an assignment: clear it or give it to somebody else", state="committed")
    return await _set(tx, row, active=False)


async def reactivate_interrupter(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, precondition: Callable[[int], None]
) -> InterrupterRow:
    """On duty as the shifts have it."""
    return await _set(tx, await _locked(tx, viewer, interrupter_id, precondition), active=True)


async def _locked(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, precondition: Callable[[int], None]
) -> InterrupterRow:
    seen = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_register_interrupter(viewer, seen.organization_id):
        raise NotAllowed("whether somebody is active is for the person's supervisor or the programme office")
    row = await visible_interrupter(tx, viewer, interrupter_id, lock=True)
    precondition(row.version)
    return row


async def _set(tx: Transaction, row: InterrupterRow, *, active: bool) -> InterrupterRow:
    """Saying it again changes nothing."""
    if row.active == active:
        return row
    row.active, row.duty_word, row.duty_word_at = active, None, None
    row.version += 1
    await publish(tx, WorkerChanged(at=await tx.now(), worker=await worker_snapshot(tx, row)))
    await settle_duty(tx, [row])
    return row
