"""Whoever asked takes the request back before it is answered: the owner stays."""

from uuid import UUID

from services.casework.case_record import next_snapshot
from services.casework.domain.custody import Answer
from services.casework.domain.visibility import Caller
from services.casework.usecases.settle_handoff import settle_handoff
from shared.contracts.events.cases import HandoffRevoked
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def revoke_handoff(tx: Transaction, caller: Caller, handoff_id: UUID) -> None:
    """Raises NotFound, NotAllowed, StateConflict."""
    settled = await settle_handoff(tx, caller, handoff_id, Answer.REVOKE)
    snapshot = await next_snapshot(tx, settled.case)
    await publish(tx, HandoffRevoked(at=await tx.now(), handoff_id=handoff_id, case=snapshot))
