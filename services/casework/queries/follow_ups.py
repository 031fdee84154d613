"""Follow-ups as they are read, with what their incident is now; the most urgent first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from services.casework.domain.visibility import Caller
from services.casework.queries.workforce import covered_today
from shared.persistence.transaction import Row, Transaction

_FOLLOW_UP = """
SELECT f.follow_up_id, f.incident_id, f.kind, f.occasion, f.state, f.exercise, f.opened_at, f.due_at, f.settled_at,
    i.kind AS incident_kind, i.community, i.restricted, (f.state = 'open' AND f.due_at < app_now()) AS overdue
FROM follow_ups f JOIN incidents i ON i.incident_id = f.incident_id
"""
_ONE = f"{_FOLLOW_UP} WHERE f.follow_up_id = :follow_up_id"
_PAGE = f"""{_FOLLOW_UP}
WHERE (:everything OR i.community = ANY(CAST(:communities AS text[])))
  AND (:restricted OR NOT i.restricted)
  AND f.exercise = :exercise
  AND f.state = :state
  AND (CAST(:incident_id AS uuid) IS NULL OR f.incident_id = :incident_id)
  AND (CAST(:overdue AS boolean) IS NULL OR (f.state = 'open' AND f.due_at < app_now()) = :overdue)
  AND (CAST(:after_due AS timestamptz) IS NULL OR (f.due_at, f.follow_up_id) > (:after_due, CAST(:after_id AS uuid)))
ORDER BY f.due_at, f.follow_up_id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class FollowUpFilter:
    """Exercises are asked for by themselves: they are never among the real ones."""

    state: str
    overdue: bool | None
    exercise: bool
    incident_id: UUID | None


async def one_follow_up(tx: Transaction, follow_up_id: UUID) -> Row | None:
    return await tx.row_or_none(_ONE, follow_up_id=follow_up_id)


async def page_of_follow_ups(
    tx: Transaction,
    caller: Caller,
    wanted: FollowUpFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row]:
    due_at, follow_up_id = after or (None, None)
    return await tx.rows(
        _PAGE,
        **asdict(wanted),
        everything=caller.is_office,
        restricted=caller.sees_restricted,
        communities=sorted(await covered_today(tx, caller.organization)),
        after_due=due_at,
        after_id=follow_up_id,
        limit=limit,
    )
