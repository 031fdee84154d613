"""Exposures of one person within a window, and the rests that were suggested within it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from services.alerts.queries.policies import policy_in_force
from services.alerts.queries.restricted import IS_RESTRICTED
from services.alerts.responder_terms import exposure_terms_of
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
_LATEST = """
SELECT DISTINCT ON (interrupter_id) interrupter_id, at, exposures FROM rest_suggestions
WHERE interrupter_id = ANY(CAST(:ids AS uuid[])) AND at > app_now() - CAST(:window AS interval)
ORDER BY interrupter_id, at DESC
"""


class RestSuggested(BaseModel):
    """After how many incidents with victims a rest was last suggested. Nobody is left out of anything by it."""

    at: datetime
    exposures: int


async def rests_suggested(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, RestSuggested]:
    """The latest within the window of the policy in force, of whoever has one."""
    policy = await policy_in_force(tx)
    window = exposure_terms_of(policy["body"] if policy else {}).window
    rows = await tx.rows(_LATEST, ids=list(ids), window=window)
    return {row["interrupter_id"]: RestSuggested(at=row["at"], exposures=row["exposures"]) for row in rows}


async def exposures(tx: Transaction, interrupter_id: UUID, window: timedelta, *, restricted: bool) -> Sequence[Row]:
    """`restricted`: also at restricted incidents."""
    return await tx.rows(_EXPOSURES, interrupter_id=interrupter_id, window=window, restricted=restricted)


async def rest_suggestions(tx: Transaction, interrupter_id: UUID, window: timedelta) -> Sequence[Row]:
    return await tx.rows(_SUGGESTIONS, interrupter_id=interrupter_id, window=window)
