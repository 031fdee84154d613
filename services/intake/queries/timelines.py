"""Everything that happened to an incident, in order: its reports without their words, what people decided and
corrected, and what policy did. What was merged into it is part of it.

What happened in one transaction has one time; then the report comes first, the opening, and what followed by version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.persistence.transaction import Row, Transaction

_ENTRIES = """
WITH tree AS (
    SELECT id, opened_at FROM incidents
    WHERE id IN (SELECT incident_tree(:id)) AND (id = :id OR :restricted OR NOT restricted)
),
entries AS (
    SELECT r.received_at AS at, 0 AS rank, r.incident_id, r.position AS number, 'report' AS what, r.id AS report_id,
           r.source_kind, s.id AS source_id, CAST(NULL AS text) AS reason, CAST(NULL AS text) AS decided_by,
           CAST(NULL AS text) AS decided_as, CAST(NULL AS jsonb) AS before, CAST(NULL AS jsonb) AS after
    FROM tree JOIN reports r ON r.incident_id = tree.id LEFT JOIN sources s ON s.source = r.source
    UNION ALL
    SELECT opened_at, 1, id, 1, 'open', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM tree
    UNION ALL
    SELECT d.decided_at, 2, d.incident_id, d.version, d.decision, NULL, NULL, NULL, d.reason, d.decided_by,
           d.decided_as, d.before, d.after
    FROM tree JOIN decisions d ON d.incident_id = tree.id
)
SELECT * FROM entries
WHERE CAST(:at AS timestamptz) IS NULL
   OR (at, rank, incident_id, number) > (:at, CAST(:rank AS integer), CAST(:of AS uuid), CAST(:number AS bigint))
ORDER BY at, rank, incident_id, number LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Behind:
    """Sort key of the last entry seen."""

    at: datetime
    rank: int
    incident_id: UUID
    number: int


async def read_timeline(
    tx: Transaction, incident_id: UUID, *, restricted: bool, behind: Behind | None, limit: int
) -> Sequence[Row]:
    """`restricted`: also what was merged into it and is restricted."""
    after: dict[str, Any] = {"at": None, "rank": None, "of": None, "number": None}
    if behind is not None:
        after = {"at": behind.at, "rank": behind.rank, "of": behind.incident_id, "number": behind.number}
    return await tx.rows(_ENTRIES, id=incident_id, restricted=restricted, limit=limit, **after)
