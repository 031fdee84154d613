"""What accepting, rejecting and revoking share: the case held, the decision asked, one answer winning."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.case_record import locked_case
from services.casework.domain.custody import Answer, Ground, Handoff, against_settling
from services.casework.domain.visibility import Caller, may_see_handoff
from services.casework.queries import workforce
from services.casework.queries.handoffs import one_handoff, outline
from services.casework.tables import CaseRow
from services.casework.usecases.refusals import refused
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import HandoffRejection, HandoffState
from shared.persistence.transaction import Row, Transaction

_SETTLE = """
UPDATE handoffs SET state = :state, rejection = :rejection, settled_at = app_now()
WHERE handoff_id = :handoff_id AND state = 'requested'
"""
_BECOMES = {
    Answer.ACCEPT: HandoffState.ACCEPTED,
    Answer.REJECT: HandoffState.REJECTED,
    Answer.REVOKE: HandoffState.REVOKED,
}


@dataclass(frozen=True, slots=True)
class Settled:
    """The case is locked, its owner and version still as they were."""

    case: CaseRow
    to_worker: UUID
    to_organization: UUID


async def settle_handoff(
    tx: Transaction, caller: Caller, handoff_id: UUID, answer: Answer, rejection: HandoffRejection | None = None
) -> Settled:
    """Raises NotFound, NotAllowed, StateConflict. Of answers that race, the first to hold the case wins."""
    seen = await _visible(tx, caller, handoff_id)
    case = await locked_case(tx, seen["case_id"])
    handoff = await _visible(tx, caller, handoff_id)
    receiver = await workforce.worker(tx, handoff["to_worker"])
    ground = against_settling(_facts(handoff), answer, caller, receiver)
    if ground is not None:
        raise refused(ground, state=handoff["state"])
    if await tx.run(_SETTLE, handoff_id=handoff_id, state=_BECOMES[answer], rejection=rejection) != 1:
        raise refused(Ground.ALREADY_SETTLED, state=handoff["state"])
    return Settled(case, handoff["to_worker"], handoff["to_organization"])


async def _visible(tx: Transaction, caller: Caller, handoff_id: UUID) -> Row:
    row = await one_handoff(tx, handoff_id)
    if row is None or not may_see_handoff(caller, outline(row)):
        raise NotFound("There is no such handoff.")
    return row


def _facts(row: Row) -> Handoff:
    return Handoff(
        state=HandoffState(row["state"]),
        from_organization=row["from_organization"],
        to_worker=row["to_worker"],
        to_organization=row["to_organization"],
        requested_by=row["requested_by"],
    )
