"""The list of dispatches, newest first, with what the clock will do next."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.kernel.vocabulary import DispatchState
from shared.persistence.transaction import Row, Transaction

_PAGE = """
SELECT d.incident_id, d.state, d.community, d.incident ->> 'kind' AS kind, d.activated_at, d.opened_at,
       CAST(d.incident ->> 'exercise' AS boolean) AS exercise,
       (SELECT min(at) FROM (
          SELECT min(next_action_at) AS at FROM offers o
           WHERE o.incident_id = d.incident_id AND o.state IN ('open', 'acknowledged')
          UNION ALL
          SELECT min(next_action_at) FROM pages p
           WHERE p.kind = 'exhausted' AND p.subject = CAST(d.incident_id AS text) AND p.state = 'open') n
       ) AS next_action_at
FROM dispatches d
WHERE (CAST(:state AS text) IS NULL OR d.state = :state)
  AND (CAST(:opened_at AS timestamptz) IS NULL OR (d.opened_at, d.incident_id) < (:opened_at, :incident_id))
ORDER BY d.opened_at DESC, d.incident_id DESC LIMIT :limit
"""


async def dispatch_page(
    tx: Transaction, *, state: DispatchState | None, behind: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row]:
    opened_at, incident_id = behind or (None, None)
    return await tx.rows(_PAGE, state=state, opened_at=opened_at, incident_id=incident_id, limit=limit)
