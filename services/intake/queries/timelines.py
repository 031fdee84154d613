"""Everything that happened to an incident, in order: its reports without their words, what sources took back, what
people decided and corrected, what policy did, and which other incidents it was taken for. What was merged into it is
part of it. Whoever may not see an incident sees nothing of what was decided about it and this one, nor that this one
was restricted for its sake.

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
pairs AS (
    SELECT tree.id, o.id AS other, p.noted_at, p.state, p.reason, p.settled_by, p.settled_at
    FROM tree JOIN possible_duplicates p ON tree.id IN (p.one_id, p.other_id)
    JOIN incidents o ON o.id IN (p.one_id, p.other_id) AND o.id <> tree.id
    WHERE :restricted OR NOT o.restricted
),
withdrawn AS (
    SELECT r.incident_id, r.id AS report_id, r.source_kind, s.id AS source_id, w.id, w.withdrawn_at, w.settled_at,
           w.settled_by
    FROM tree JOIN reports r ON r.incident_id = tree.id JOIN withdrawals w ON w.report_id = r.id
    LEFT JOIN sources s ON s.source = r.source
),
entries (at, rank, incident_id, key, what, report_id, source_kind, source_id, reason, decided_by, decided_as, before,
         after) AS (
    SELECT r.received_at, 0, r.incident_id, lpad(CAST(r.position AS text), 20, '0'), 'report', r.id, r.source_kind,
           s.id, CAST(NULL AS text), CAST(NULL AS text), CAST(NULL AS text), CAST(NULL AS jsonb), CAST(NULL AS jsonb)
    FROM tree JOIN reports r ON r.incident_id = tree.id LEFT JOIN sources s ON s.source = r.source
    UNION ALL
    SELECT opened_at, 1, id, '', 'open', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM tree
    UNION ALL
    SELECT d.decided_at, 2, d.incident_id, lpad(CAST(d.version AS text), 20, '0'), d.decision, NULL, NULL, NULL,
           d.reason, d.decided_by, d.decided_as, d.before, d.after || jsonb_strip_nulls(
               jsonb_build_object('other', d.other, 'reports', d.reports))
    FROM tree JOIN decisions d ON d.incident_id = tree.id
    WHERE :restricted OR NOT (
        d.decision IN ('merge', 'split', 'reopen') AND d.before ? 'restricted'
        OR EXISTS (SELECT FROM incidents o WHERE o.restricted AND o.id IN (
            d.other, CAST(d.before ->> 'merged_into' AS uuid), CAST(d.after ->> 'merged_into' AS uuid))))
    UNION ALL
    SELECT withdrawn_at, 3, incident_id, CAST(id AS text), 'withdraw', report_id, source_kind, source_id, NULL, NULL,
           NULL, NULL, NULL
    FROM withdrawn
    UNION ALL
    SELECT settled_at, 4, incident_id, CAST(id AS text), 'uphold', report_id, source_kind, source_id, NULL, settled_by,
           NULL, NULL, NULL
    FROM withdrawn WHERE settled_at IS NOT NULL
    UNION ALL
    SELECT noted_at, 3, id, CAST(other AS text), 'doubt', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           jsonb_build_object('other', other)
    FROM pairs
    UNION ALL
    SELECT settled_at, 4, id, CAST(other AS text), 'tell_apart', NULL, NULL, NULL, reason, settled_by, NULL, NULL,
           jsonb_build_object('other', other)
    FROM pairs WHERE pairs.state = 'not_duplicate'
)
SELECT * FROM entries
WHERE CAST(:at AS timestamptz) IS NULL
   OR (at, rank, incident_id, key) > (:at, CAST(:rank AS integer), CAST(:of AS uuid), CAST(:key AS text))
ORDER BY at, rank, incident_id, key LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Behind:
    """Sort key of the last entry seen."""

    at: datetime
    rank: int
    incident_id: UUID
    key: str


async def read_timeline(
    tx: Transaction, incident_id: UUID, *, restricted: bool, behind: Behind | None, limit: int
) -> Sequence[Row]:
    """`restricted`: also what was merged into it and is restricted."""
    after: dict[str, Any] = {"at": None, "rank": None, "of": None, "key": None}
    if behind is not None:
        after = {"at": behind.at, "rank": behind.rank, "of": behind.incident_id, "key": behind.key}
    return await tx.rows(_ENTRIES, id=incident_id, restricted=restricted, limit=limit, **after)
