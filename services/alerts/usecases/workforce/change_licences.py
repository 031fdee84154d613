"""Where somebody has standing is replaced as a whole; repeating it changes nothing."""

from collections.abc import Callable, Sequence
from uuid import UUID

from services.alerts.domain.terms import Term, term_faults
from services.alerts.domain.visibility import Viewer, may_change_licences
from services.alerts.queries.licences import replace_licences
from services.alerts.queries.workers import visible_interrupter, whose, worker_snapshot
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from shared.contracts.events.workers import WorkerChanged
from shared.kernel.errors import Invalid, NotAllowed
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def change_licences(
    tx: Transaction,
    viewer: Viewer,
    interrupter_id: UUID,
    licences: Sequence[Term],
    precondition: Callable[[int], None],
    by: str,
) -> InterrupterRow:
    """`precondition` is given the version and raises if it will not do. `by`: whoever grants what is new."""
    seen = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_change_licences(viewer, whose(seen)):
        raise NotAllowed("licences are changed by the person's supervisor or the programme office")
    if faults := term_faults(licences, ""):
        raise Invalid(*faults)
    await ask_to_reconsider(tx)
    row = await visible_interrupter(tx, viewer, interrupter_id, lock=True)
    precondition(row.version)
    if not await replace_licences(tx, row.id, licences, by):
        return row
    row.version += 1
    await publish(tx, WorkerChanged(at=await tx.now(), worker=await worker_snapshot(tx, row)))
    return row
