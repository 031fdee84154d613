"""Gives a case to a worker of the owning organization. From then on it always has an owner."""

from uuid import UUID

from services.casework.case_record import custody_of, locked_case, next_snapshot
from services.casework.domain.custody import against_assigning
from services.casework.domain.visibility import Caller
from services.casework.queries import workforce
from services.casework.usecases.refusals import refused
from shared.contracts.events.cases import CaseAssigned
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def assign_case(tx: Transaction, caller: Caller, case_id: UUID, worker_id: UUID) -> None:
    """Assigning the present owner again changes nothing. Raises NotFound, NotAllowed, Invalid, StateConflict."""
    row = await locked_case(tx, case_id)
    ground = against_assigning(await custody_of(tx, row), caller, await workforce.worker(tx, worker_id))
    if ground is not None:
        raise refused(ground, state=row.state, field="/worker_id")
    if row.owner_worker == worker_id:
        return
    now = await tx.now()
    was_owner, row.owner_worker = row.owner_worker, worker_id
    row.assigned_at = row.assigned_at or now
    await publish(tx, CaseAssigned(at=now, was_owner=was_owner, case=await next_snapshot(tx, row)))
