"""A case under change: locked, given its next version, and told to the world with its full snapshot.

Whoever changes a case or one of its handoffs holds the case's row first, so that its events have one order.
"""

from uuid import UUID

from services.casework.domain.custody import Custody
from services.casework.queries.handoffs import handoffs_of_case
from services.casework.tables import CaseRow
from shared.contracts.events.cases import CaseSnapshot, HandoffPart
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import CaseState, HandoffState
from shared.persistence.transaction import Transaction


async def locked_case(tx: Transaction, case_id: UUID) -> CaseRow:
    """Raises NotFound."""
    row = await tx.get(CaseRow, case_id, lock=True)
    if row is None:
        raise NotFound("There is no such case.")
    return row


async def custody_of(tx: Transaction, row: CaseRow) -> Custody:
    handoffs = await handoffs_of_case(tx, row.case_id)
    return Custody(
        state=CaseState(row.state),
        owner_organization=row.owner_organization,
        owner_worker=row.owner_worker,
        handoffs=tuple(HandoffState(handoff["state"]) for handoff in handoffs),
    )


async def next_snapshot(tx: Transaction, row: CaseRow) -> CaseSnapshot:
    """Takes the next version; every write of the change is already done."""
    row.version += 1
    return await snapshot(tx, row)


async def snapshot(tx: Transaction, row: CaseRow) -> CaseSnapshot:
    return CaseSnapshot(
        version=row.version,
        case_id=row.case_id,
        participant_ref=row.participant_id,
        state=CaseState(row.state),
        community=row.community,
        owner_organization=row.owner_organization,
        owner_worker=row.owner_worker,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        handoffs=tuple(HandoffPart(**handoff) for handoff in await handoffs_of_case(tx, row.case_id)),
    )
