"""One person's plan as it is shown: shifts and what differs from them, from now on, and when that puts them on duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from uuid import UUID

from services.alerts.domain.duty import AHEAD
from services.alerts.domain.hours import worked_at
from services.alerts.domain.shifts import Shift, Span, planned
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.plans import plans_of, programme_zone
from services.alerts.queries.workers import visible_interrupter, week_of
from services.alerts.tables import InterrupterRow
from shared.persistence.transaction import Row, Transaction

_OVERRIDES = """
SELECT id, kind, begins_at, ends_at FROM duty_overrides
WHERE interrupter_id = :id AND cancelled_at IS NULL AND ends_at > app_now() ORDER BY begins_at, id
"""


@dataclass(frozen=True)
class PlannedDuty:
    """`given` and `taken`: single shifts that others have taken over, or this person of others. `spans`: what it
    comes to, as far ahead as a plan is read. `worked`: on duty in this week.
    """

    interrupter: InterrupterRow
    shifts: tuple[Shift, ...]
    given: tuple[tuple[UUID, date], ...]
    taken: tuple[tuple[Shift, date], ...]
    overrides: Sequence[Row]
    spans: tuple[Span, ...]
    worked: timedelta


async def planned_duty(tx: Transaction, viewer: Viewer, interrupter_id: UUID) -> PlannedDuty:
    row, now = await visible_interrupter(tx, viewer, interrupter_id), await tx.now()
    zone = await programme_zone(tx) or UTC
    plan = (await plans_of(tx, [row.id], since=now))[row.id]
    today = now.astimezone(zone).date()
    return PlannedDuty(
        interrupter=row,
        shifts=tuple(shift for shift in plan.shifts if shift.until_day is None or shift.until_day >= today),
        given=tuple(sorted(plan.given, key=lambda one: (one[1], one[0]))),
        taken=plan.taken,
        overrides=await tx.rows(_OVERRIDES, id=row.id),
        spans=planned(plan, zone, Span(now, now + AHEAD)),
        worked=worked_at(week_of(row), row.available_since if row.on_duty else None, now, zone),
    )
