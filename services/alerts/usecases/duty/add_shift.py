"""A shift is planned for somebody, once or every week; if it has begun already, they are on duty now."""

from uuid import UUID

from services.alerts.domain.shifts import Shift, shift_faults
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.plans import programme_zone
from services.alerts.usecases.duty.lock_planned import lock_planned
from services.alerts.usecases.duty.settle_duty import settle_duty
from shared.kernel.errors import Invalid, StateConflict
from shared.persistence.transaction import Transaction

MOST = 60
_ADD = """
INSERT INTO shifts (id, interrupter_id, weekday, from_day, until_day, starts, ends, added_by, added_at)
SELECT :id, :interrupter_id, :weekday, :from_day, :until_day, :starts, :ends, :by, app_now()
WHERE (SELECT count(*) FROM shifts WHERE interrupter_id = :interrupter_id
       AND coalesce(until_day, CASE WHEN weekday IS NULL THEN from_day + 1 ELSE 'infinity' END) > :today) < :most
"""


async def add_shift(tx: Transaction, viewer: Viewer, interrupter_id: UUID, shift: Shift, by: str) -> None:
    """Raises Invalid, NotAllowed, NotFound, and StateConflict for one shift too many."""
    [row] = await lock_planned(tx, viewer, interrupter_id)
    zone = await programme_zone(tx)
    if zone is None:
        raise StateConflict("no programme is loaded: shifts have no clock", state="no_programme")
    today = (await tx.now()).astimezone(zone).date()
    if faults := shift_faults(shift, today):
        raise Invalid(*faults)
    facts = {name: getattr(shift, name) for name in ("id", "weekday", "from_day", "until_day", "starts", "ends")}
    if not await tx.run(_ADD, interrupter_id=row.id, by=by, today=today, most=MOST, **facts):
        raise StateConflict("this person has too many shifts", state="full")
    await settle_duty(tx, [row])
