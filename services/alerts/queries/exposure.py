"""Exposures of one person within a window, and the rests that were suggested within it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.alerts.queries.restricted import IS_RESTRICTED
from shared.persistence.transaction import Row, Transaction

# As the incidents are now: what became a homicide later counts, and an exercise never does.
_EXPOSURES = f"""
SELECT a.id AS assignment_id, a.incident_id, a.role, a.on_scene_at, d.incident ->> 'kind' AS kind,
       CAST(d.incident ->> 'injured' AS integer) AS injured, CAST(d.incident ->> 'killed' AS integer) AS killed
FROM assignments a JOIN dispatches d USING (incident_id)
WHERE a.interrupter_id = :interrupter_id AND a.on_scene_at > app_now() - CAST(:window AS interval)
  AND NOT CAST(d.incident ->> 'exercise' AS boolean)
  AND (:restricted OR NOT {IS_RESTRICTED})
  AND (d.incident ->> 'kind' = 'homicide' OR coalesce(CAST(d.incident ->> 'injured' AS integer), 0) > 0
       OR coalesce(CAST(d.incident ->> 'killed' AS integer), 0) > 0)
ORDER BY a.on_scene_at, a.id
"""  # noqa: S608 - a constant
_SUGGESTIONS = """
SELECT at, exposures, supervisors_told FROM rest_suggestions
WHERE interrupter_id = :interrupter_id AND at > app_now() - CAST(:window AS interval) ORDER BY at
"""


async def exposures(tx: Transaction, interrupter_id: UUID, window: timedelta, *, restricted: bool) -> Sequence[Row]:
    """`restricted`: also at restricted incidents."""
    return await tx.rows(_EXPOSURES, interrupter_id=interrupter_id, window=window, restricted=restricted)


async def rest_suggestions(tx: Transaction, interrupter_id: UUID, window: timedelta) -> Sequence[Row]:
    return await tx.rows(_SUGGESTIONS, interrupter_id=interrupter_id, window=window)
