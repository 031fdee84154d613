"""The receiver takes the case: owner and organization move in the transaction that settles the handoff."""

from uuid import UUID

from services.casework.case_record import next_snapshot
from services.casework.domain.custody import Answer
from services.casework.domain.visibility import Caller
from services.casework.usecases.settle_handoff import settle_handoff
from shared.contracts.events.cases import HandoffAccepted
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def accept_handoff(tx: Transaction, caller: Caller, handoff_id: UUID) -> None:
    """Raises NotFound, NotAllowed, StateConflict."""
    settled = await settle_handoff(tx, caller, handoff_id, Answer.ACCEPT)
    settled.case.owner_worker = settled.to_worker
    settled.case.owner_organization = settled.to_organization
    snapshot = await next_snapshot(tx, settled.case)
    await publish(tx, HandoffAccepted(at=await tx.now(), handoff_id=handoff_id, case=snapshot))
