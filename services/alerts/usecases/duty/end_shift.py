"""A shift is planned no more from a local day on; the one that began the day before still runs to its end."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.alerts.domain.shifts import Shift, end_fault
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.plans import shift_of
from services.alerts.usecases.duty.lock_planned import lock_planned
from services.alerts.usecases.duty.settle_duty import settle_duty
from shared.kernel.errors import Invalid, NotFound
from shared.persistence.transaction import Transaction

# Whoever has taken the shift over on one of those days has it no more either.
_HOLDERS = "SELECT DISTINCT holder_id AS id FROM shift_holders WHERE shift_id = :id AND day >= :until_day"
_SHIFT = "SELECT * FROM shifts WHERE id = :id AND interrupter_id = :interrupter_id"
_END = "UPDATE shifts SET until_day = :until_day WHERE id = :id"


async def end_shift(tx: Transaction, viewer: Viewer, interrupter_id: UUID, shift_id: UUID, until_day: date) -> Shift:
    """Repeating it changes nothing. Raises Invalid for a day before the shift's first, or after its last."""
    holders = [row["id"] for row in await tx.rows(_HOLDERS, id=shift_id, until_day=until_day)]
    rows = await lock_planned(tx, viewer, interrupter_id, also=holders)
    found = await tx.row_or_none(_SHIFT, id=shift_id, interrupter_id=interrupter_id)
    if found is None:
        raise NotFound("no such shift")
    shift = shift_of(found)
    if fault := end_fault(shift, until_day):
        raise Invalid(fault)
    await tx.run(_END, id=shift_id, until_day=until_day)
    await settle_duty(tx, rows)
    return replace(shift, until_day=until_day)
