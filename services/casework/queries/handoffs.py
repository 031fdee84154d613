"""Handoffs as they are read: one, those of a case in order, or pages of those asked of somebody."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from services.casework.domain.visibility import HandoffOutline
from shared.kernel.vocabulary import HandoffState
from shared.persistence.transaction import Row, Transaction

_HANDOFF = """
SELECT h.handoff_id, h.number, h.case_id, h.from_worker, h.from_organization, h.to_worker, h.to_organization, h.state,
    h.reason, h.rejection, h.requested_by, h.requested_at, h.settled_at
"""
_ONE = f"{_HANDOFF} FROM handoffs h WHERE h.handoff_id = :handoff_id"
_OF_CASE = f"{_HANDOFF} FROM handoffs h WHERE h.case_id = :case_id ORDER BY h.number"
_PAGE = f"""{_HANDOFF} FROM handoffs h
WHERE (h.to_worker = CAST(:to_worker AS uuid) OR h.to_organization = CAST(:to_organization AS uuid))
  AND (CAST(:state AS text) IS NULL OR h.state = :state)
  AND (CAST(:after AS bigint) IS NULL OR h.number > :after)
ORDER BY h.number LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a worker or, if it is given, of anybody in an organization."""

    to_worker: UUID | None
    to_organization: UUID | None
    state: HandoffState | None


async def one_handoff(tx: Transaction, handoff_id: UUID) -> Row | None:
    return await tx.row_or_none(_ONE, handoff_id=handoff_id)


async def handoffs_of_case(tx: Transaction, case_id: UUID) -> Sequence[Row]:
    return await tx.rows(_OF_CASE, case_id=case_id)


async def page_of_handoffs(tx: Transaction, asked: Asked, *, after: int | None, limit: int) -> Sequence[Row]:
    """Oldest first."""
    return await tx.rows(_PAGE, **asdict(asked), after=after, limit=limit)


def outline(row: Row) -> HandoffOutline:
    return HandoffOutline(row["from_organization"], row["to_worker"], row["to_organization"])
