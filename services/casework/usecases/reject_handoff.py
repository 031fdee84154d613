"""The receiver, or the receiver's supervisor, does not take the case: the owner stays."""

from uuid import UUID

from services.casework.case_record import next_snapshot
from services.casework.domain.custody import Answer
from services.casework.domain.visibility import Caller
from services.casework.usecases.settle_handoff import settle_handoff
from shared.contracts.events.cases import HandoffRejected
from shared.kernel.vocabulary import HandoffRejection
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def reject_handoff(tx: Transaction, caller: Caller, handoff_id: UUID, why: HandoffRejection) -> None:
    """Raises NotFound, NotAllowed, StateConflict."""
    settled = await settle_handoff(tx, caller, handoff_id, Answer.REJECT, why)
    snapshot = await next_snapshot(tx, settled.case)
    await publish(tx, HandoffRejected(at=await tx.now(), handoff_id=handoff_id, case=snapshot))
