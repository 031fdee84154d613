"""A triage that alerts says was held completes the follow-up that asks for it, once, whichever is known first.

Each of the two writes the incident's row of `triages` before it looks for the other: of two at once the later waits
for the earlier, and sees it.
"""

from uuid import UUID

from shared.contracts.dispatch_event import DispatchEvent
from shared.kernel.response_words import TriageState
from shared.persistence.transaction import Transaction

TRIAGE = "triage"
_HELD = """
INSERT INTO triages AS t (incident_id, held_at) VALUES (:incident_id, :held_at)
ON CONFLICT (incident_id) DO UPDATE SET held_at = coalesce(t.held_at, EXCLUDED.held_at)
RETURNING held_at
"""
_COMPLETE = """
UPDATE follow_ups SET state = 'completed', settled_at = app_now(), completed_by = 'triage.held'
WHERE incident_id = :incident_id AND kind = :kind AND state = 'open'
"""


async def follow_triage(tx: Transaction, event: DispatchEvent) -> None:
    """Of any event since: each carries the triage as it stands."""
    triage = event.dispatch.triage
    if triage is not None and triage.state is TriageState.HELD:
        await tx.rows(_HELD, incident_id=event.dispatch.incident_id, held_at=triage.held_at)
        await _complete(tx, event.dispatch.incident_id)


async def complete_held_triage(tx: Transaction, incident_id: UUID) -> None:
    """After the follow-up was opened."""
    row = await tx.row(_HELD, incident_id=incident_id, held_at=None)
    if row["held_at"] is not None:
        await _complete(tx, incident_id)


async def _complete(tx: Transaction, incident_id: UUID) -> None:
    await tx.run(_COMPLETE, incident_id=incident_id, kind=TRIAGE)
