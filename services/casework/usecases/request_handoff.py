"""Asks another worker to take over a case. Responsibility stays where it is."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.case_record import custody_of, locked_case, next_snapshot
from services.casework.domain.custody import Ground, Worker, against_requesting
from services.casework.domain.visibility import Caller
from services.casework.queries import workforce
from services.casework.tables import CaseRow
from services.casework.usecases.refusals import refused
from shared.contracts.events.cases import HandoffRequested
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import HandoffReason
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_REQUEST = """
INSERT INTO handoffs (handoff_id, case_id, from_worker, from_organization, to_worker, to_organization, state, reason,
    requested_by, requested_at)
VALUES (:handoff_id, :case_id, :from_worker, :from_organization, :to_worker, :to_organization, 'requested', :reason,
    :requested_by, app_now())
ON CONFLICT (case_id) WHERE state = 'requested' DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class HandoffRequest:
    case_id: UUID
    to_worker: UUID
    reason: HandoffReason


async def request_handoff(tx: Transaction, caller: Caller, asked: HandoffRequest) -> UUID:
    """Raises NotFound, NotAllowed, Invalid, StateConflict (also while another handoff of the case is open)."""
    row = await locked_case(tx, asked.case_id)
    receiver = await workforce.worker(tx, asked.to_worker)
    ground = against_requesting(await custody_of(tx, row), caller, receiver)
    if ground is not None or receiver is None:
        raise refused(ground or Ground.UNKNOWN_WORKER, state=row.state, field="/to_worker_id")
    handoff_id = await _open(tx, caller, row, receiver, asked.reason)
    snapshot = await next_snapshot(tx, row)
    await publish(tx, HandoffRequested(at=await tx.now(), handoff_id=handoff_id, case=snapshot))
    return handoff_id


async def _open(tx: Transaction, caller: Caller, row: CaseRow, receiver: Worker, reason: HandoffReason) -> UUID:
    handoff_id = new_id()
    opened = await tx.run(
        _REQUEST,
        handoff_id=handoff_id,
        case_id=row.case_id,
        from_worker=row.owner_worker,
        from_organization=row.owner_organization,
        to_worker=receiver.worker_id,
        to_organization=receiver.organization_id,
        reason=reason,
        requested_by=caller.subject,
    )
    if opened != 1:
        raise refused(Ground.HANDOFF_OPEN, state="requested")
    return handoff_id
