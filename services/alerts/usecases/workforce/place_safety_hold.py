"""For their own safety somebody is sent nowhere, until a supervisor or the desk ends it or its time is over.

Questions under way end with it; whoever is at an incident stays there and becomes an alarm (`part_from_unfit`).
"""

from datetime import datetime
from uuid import UUID

from services.alerts.domain.visibility import Viewer
from services.alerts.domain.workforce import HoldReason, hold_fault
from services.alerts.queries.safety_holds import visible_to_hold
from shared.kernel.errors import Invalid, StateConflict
from shared.kernel.ids import new_id
from shared.persistence.transaction import Row, Transaction

_PLACE = """
INSERT INTO safety_holds (id, interrupter_id, reason, until, placed_by, placed_at)
VALUES (:id, :interrupter_id, :reason, CAST(:until AS timestamptz), :by, app_now())
ON CONFLICT (interrupter_id) WHERE ended_at IS NULL DO NOTHING
RETURNING *
"""


async def place_safety_hold(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, reason: HoldReason, until: datetime | None, by: str
) -> Row:
    """`until` None: until somebody ends it. Raises StateConflict if there is one: it is ended first."""
    row = await visible_to_hold(tx, viewer, interrupter_id, lock=True)
    if fault := hold_fault(until, await tx.now()):
        raise Invalid(fault)
    placed = await tx.row_or_none(
        _PLACE, id=new_id(), interrupter_id=interrupter_id, reason=reason.value, until=until, by=by
    )
    if placed is None:
        raise StateConflict("this person is on a safety hold", state="held")
    row.held = True
    return placed
