"""What was decided about incidents, as whoever undoes a part of it needs to know it."""

from uuid import UUID

from services.intake.domain.derivation import Corrected, Joined
from services.intake.domain.undoing import Entry
from shared.kernel.vocabulary import IncidentState
from shared.persistence.transaction import Transaction

_CORRECTIONS = """
SELECT incident_id, decided_at, after FROM decisions
WHERE incident_id IN (SELECT incident_tree(:id)) AND decision IN ('reclassify', 'relocate', 'update_scene')
  AND decided_as IS DISTINCT FROM 'policy'
ORDER BY version
"""
# Each one's newest: before it was merged for good it may have been so by mistake.
_JOINED = """
SELECT i.id, i.merged_into, d.decided_at FROM incidents i
CROSS JOIN LATERAL (
    SELECT decided_at FROM decisions
    WHERE incident_id = i.id AND decision = 'merge' AND after ->> 'state' = 'merged' ORDER BY version DESC LIMIT 1
) AS d
WHERE i.id IN (SELECT incident_tree(:id)) AND i.id <> :id
"""
_STATE_BEFORE_MERGE = """
SELECT before ->> 'state' AS state FROM decisions
WHERE incident_id = :id AND decision = 'merge' AND after ->> 'state' = 'merged' ORDER BY version DESC LIMIT 1
"""
# Policy acts in the transaction of what it goes by: one of the incident's reports, or what a person decided.
_ENTRIES = """
SELECT d.before, d.after, d.decision NOT IN ('merge', 'split') AND d.before ->> 'state' IS DISTINCT FROM 'merged' AND (
    d.decided_as IS DISTINCT FROM 'policy'
    OR EXISTS (SELECT FROM reports r WHERE r.incident_id = d.incident_id AND r.received_at = d.decided_at)
    OR EXISTS (SELECT FROM decisions p WHERE p.incident_id = d.incident_id AND p.decided_at = d.decided_at
               AND p.decided_as IS DISTINCT FROM 'policy' AND p.decision <> 'merge')) AS own
FROM decisions d WHERE d.incident_id = :id ORDER BY d.version
"""
# By a person's last word or a report's, else as it was before it was first shared with another.
_OWN_VISIBILITY = """
SELECT bool_or(coalesce(
    (SELECT CAST(after ->> 'restricted' AS boolean) FROM decisions
     WHERE incident_id = i.id AND decision = 'change_visibility' ORDER BY version DESC LIMIT 1),
    (SELECT CAST(before ->> 'restricted' AS boolean) FROM decisions
     WHERE incident_id = i.id AND before ->> 'restricted' IS NOT NULL ORDER BY version LIMIT 1),
    i.restricted)) AS restricted
FROM incidents i WHERE i.id IN (SELECT incident_tree(:id))
"""


async def read_corrections(tx: Transaction, incident_id: UUID) -> list[Corrected]:
    """By people, of it and of all that is part of it, in the order of each one's versions."""
    rows = await tx.rows(_CORRECTIONS, id=incident_id)
    return [Corrected(row["decided_at"], row["incident_id"], row["after"]) for row in rows]


async def read_joined(tx: Transaction, incident_id: UUID) -> list[Joined]:
    rows = await tx.rows(_JOINED, id=incident_id)
    return [Joined(row["decided_at"], row["id"], row["merged_into"]) for row in rows]


async def state_before_merge(tx: Transaction, merged: UUID) -> IncidentState:
    return IncidentState((await tx.row(_STATE_BEFORE_MERGE, id=merged))["state"])


async def read_entries(tx: Transaction, incident_id: UUID) -> list[Entry]:
    """All that was ever written down of it, in order."""
    rows = await tx.rows(_ENTRIES, id=incident_id)
    return [Entry(row["own"], row["before"] or {}, row["after"] or {}) for row in rows]


async def read_own_visibility(tx: Transaction, root: UUID) -> bool:
    """Whether it, or anything that is part of it, is restricted for its own sake."""
    restricted: bool = (await tx.row(_OWN_VISIBILITY, id=root))["restricted"]
    return restricted
