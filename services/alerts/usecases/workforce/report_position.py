"""Where somebody is now. The newest report is kept, whatever order reports arrive in; no event tells of it.

Off duty it is kept to about a kilometre only; `settle_duty` makes coarse what is known when somebody goes off.
"""

from datetime import datetime
from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_report_position
from services.alerts.domain.workforce import coarse, position_fault
from services.alerts.queries.workers import visible_interrupter, whose
from shared.kernel.errors import Invalid, NotAllowed
from shared.kernel.geo import Point
from shared.persistence.transaction import Transaction

_KEEP = """
UPDATE interrupters SET position_at = :at,
    position_lat = CASE WHEN on_duty THEN CAST(:lat AS float8) ELSE :coarse_lat END,
    position_lon = CASE WHEN on_duty THEN CAST(:lon AS float8) ELSE :coarse_lon END
WHERE id = :id AND (position_at IS NULL OR position_at < :at)
"""


async def report_position(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, place: Point, at: datetime | None
) -> bool:
    """Whether it was newer than what was known. `at` None: now. A phone's clock ahead of ours is taken back to now."""
    row = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_report_position(viewer, whose(row)):
        raise NotAllowed("a position is reported by the person or a dispatcher")
    now = await tx.now()
    if fault := position_fault(at or now, now):
        raise Invalid(fault)
    rough = coarse(place)
    places = {"lat": place.lat, "lon": place.lon, "coarse_lat": rough.lat, "coarse_lon": rough.lon}
    return bool(await tx.run(_KEEP, id=interrupter_id, at=min(at or now, now), **places))
