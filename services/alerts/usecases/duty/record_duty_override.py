"""For a span of time somebody is on duty beside their shifts, or off duty in spite of them."""

from uuid import UUID

from services.alerts.domain.shifts import Span, span_faults
from services.alerts.domain.visibility import Viewer
from services.alerts.domain.workforce import DutyOverrideKind
from services.alerts.usecases.duty.lock_planned import lock_planned
from services.alerts.usecases.duty.settle_duty import settle_duty
from shared.kernel.errors import Invalid, StateConflict
from shared.kernel.ids import new_id
from shared.persistence.transaction import Row, Transaction

MOST = 100
_RECORD = """
INSERT INTO duty_overrides (id, interrupter_id, kind, begins_at, ends_at, added_by, added_at)
SELECT :id, :interrupter_id, :kind, :begins_at, :ends_at, :by, app_now()
WHERE (SELECT count(*) FROM duty_overrides
       WHERE interrupter_id = :interrupter_id AND cancelled_at IS NULL AND ends_at > app_now()) < :most
RETURNING *
"""


async def record_duty_override(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, kind: DutyOverrideKind, span: Span, by: str
) -> Row:
    """Raises Invalid, NotAllowed, NotFound, and StateConflict for one too many."""
    rows = await lock_planned(tx, viewer, interrupter_id)
    if faults := span_faults(span, await tx.now()):
        raise Invalid(*faults)
    made = await tx.row_or_none(
        _RECORD,
        id=new_id(),
        interrupter_id=interrupter_id,
        kind=kind.value,
        begins_at=span.begins,
        ends_at=span.ends,
        by=by,
        most=MOST,
    )
    if made is None:
        raise StateConflict("this person has too many extra shifts and absences", state="full")
    await settle_duty(tx, rows)
    return made
