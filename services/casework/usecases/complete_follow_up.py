"""Marks a follow-up as done, once."""

from uuid import UUID

from services.casework.domain.visibility import Caller, may_see_follow_up
from services.casework.queries.follow_ups import one_follow_up
from services.casework.queries.workforce import covered_today
from shared.kernel.errors import NotFound, StateConflict
from shared.persistence.transaction import Transaction

_COMPLETE = """
UPDATE follow_ups SET state = 'completed', settled_at = app_now(), completed_by = :by
WHERE follow_up_id = :follow_up_id AND state = 'open'
"""


async def complete_follow_up(tx: Transaction, caller: Caller, follow_up_id: UUID) -> None:
    """Raises NotFound, StateConflict."""
    row = await one_follow_up(tx, follow_up_id)
    covered = await covered_today(tx, caller.organization)
    if row is None or not may_see_follow_up(caller, row["community"], covered, restricted=row["restricted"]):
        raise NotFound("There is no such follow-up.")
    if await tx.run(_COMPLETE, follow_up_id=follow_up_id, by=caller.subject) != 1:
        now = await one_follow_up(tx, follow_up_id)
        raise StateConflict("The follow-up is settled.", state=(now or row)["state"])
