"""Cases as they are read: one, or a page of those within a caller's reach, newest first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from services.casework.domain.visibility import CaseOutline, Reach
from shared.kernel.vocabulary import CaseState
from shared.persistence.transaction import Row, Transaction

_CASE = """
SELECT c.case_id, c.participant_id, c.state, c.community, c.owner_organization, c.owner_worker, c.opened_at,
    c.closed_at, c.version, h.handoff_id AS open_handoff, h.to_worker AS offered_to
FROM cases c LEFT JOIN handoffs h ON h.case_id = c.case_id AND h.state = 'requested'
"""
_ONE = f"{_CASE} WHERE c.case_id = :case_id"
_OF_PARTICIPANT = f"{_CASE} WHERE c.participant_id = :participant_id"
_PAGE = f"""{_CASE}
WHERE (:everything
       OR c.owner_organization = CAST(:organization AS uuid)
       OR h.to_worker = CAST(:offered_to AS uuid))
  AND (NOT :mine OR c.owner_worker = CAST(:worker AS uuid))
  AND (CAST(:of_organization AS uuid) IS NULL OR c.owner_organization = :of_organization)
  AND (CAST(:state AS text) IS NULL OR c.state = :state)
  AND (CAST(:after AS uuid) IS NULL OR c.case_id < :after)
ORDER BY c.case_id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """`worker` is the caller, for `mine`."""

    mine: bool
    worker: UUID | None
    of_organization: UUID | None
    state: CaseState | None


async def one_case(tx: Transaction, case_id: UUID) -> Row | None:
    return await tx.row_or_none(_ONE, case_id=case_id)


async def page_of_cases(
    tx: Transaction, reach: Reach, wanted: CaseFilter, *, after: UUID | None, limit: int
) -> Sequence[Row]:
    return await tx.rows(_PAGE, **asdict(reach), **asdict(wanted), after=after, limit=limit)


async def cases_of_participant(tx: Transaction, participant_id: UUID) -> tuple[CaseOutline, ...]:
    return tuple(outline(row) for row in await tx.rows(_OF_PARTICIPANT, participant_id=participant_id))


def outline(row: Row) -> CaseOutline:
    return CaseOutline(owner_organization=row["owner_organization"], offered_to=row["offered_to"])
