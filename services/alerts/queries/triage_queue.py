"""The queue of triages: overdue, in time, held, withdrawn, the most urgent first; or all that hold, newest first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from services.alerts.queries.restricted import IS_RESTRICTED
from shared.persistence.transaction import Row, Transaction

_LINES = f"""
SELECT t.incident_id, d.community, d.incident ->> 'kind' AS kind, t.state, t.exercise, t.due_at, t.held_at,
       t.state = 'due' AND t.due_at <= app_now() AS overdue,
       (SELECT count(*) FROM plan_steps s WHERE s.incident_id = t.incident_id AND s.done_at IS NULL) AS open_steps,
       (SELECT count(*) FROM plan_steps s WHERE s.incident_id = t.incident_id AND s.done_at IS NULL
        AND s.due_on < (app_now() AT TIME ZONE (d.policy ->> 'time_zone'))::date) AS overdue_steps
FROM triages t JOIN dispatches d USING (incident_id)
WHERE t.exercise = :exercise AND (:restricted OR NOT {IS_RESTRICTED})
"""  # noqa: S608 - a constant
_QUEUE = f"""{_LINES}
  AND CASE CAST(:state AS text) WHEN 'overdue' THEN t.state = 'due' AND t.due_at <= app_now()
           WHEN 'due' THEN t.state = 'due' AND t.due_at > app_now() ELSE t.state = :state END
  AND (CAST(:due_at AS timestamptz) IS NULL OR (t.due_at, t.incident_id) > (:due_at, CAST(:incident_id AS uuid)))
ORDER BY t.due_at, t.incident_id LIMIT :limit
"""
_ALL_THAT_HOLD = f"""{_LINES}
  AND t.state <> 'withdrawn' AND CAST(:state AS text) IS NULL
  AND (CAST(:due_at AS timestamptz) IS NULL OR (t.due_at, t.incident_id) < (:due_at, CAST(:incident_id AS uuid)))
ORDER BY t.due_at DESC, t.incident_id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """`state`: overdue, due (in time), held, withdrawn; None: all but the last. `restricted`: the restricted too."""

    state: str | None
    exercise: bool
    restricted: bool


async def triage_queue(
    tx: Transaction, asked: Asked, *, behind: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row]:
    """`behind`: the last line of the page before."""
    due_at, incident_id = behind or (None, None)
    statement = _ALL_THAT_HOLD if asked.state is None else _QUEUE
    return await tx.rows(statement, **asdict(asked), due_at=due_at, incident_id=incident_id, limit=limit)
