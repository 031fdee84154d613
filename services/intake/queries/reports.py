"""Reports as their own source sees them: what it said, when, and what state the incident is in that it supports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.persistence.transaction import Row, Transaction

# Where its incident was merged, the one that goes on. A restricted incident is to its source what an unknown one is.
_OWN = """
SELECT reports.id AS report_id, reports.source_ref, received_at, now.id AS incident_id, now.state,
       now.screened_out_reason
FROM reports JOIN incidents AS home ON home.id = incident_id
JOIN incidents AS now
    ON now.id = CASE WHEN home.merged_into IS NULL THEN home.id ELSE surviving_incident(home.id) END
WHERE reports.source = :source AND NOT home.restricted AND NOT now.restricted
"""
_ONE = _OWN + "AND reports.id = :id"
_PAGE = _OWN + "AND (received_at, reports.id) > (:at, :id) ORDER BY received_at, reports.id LIMIT :limit"


async def read_own_report(tx: Transaction, source: str, report_id: UUID) -> Row | None:
    return await tx.row_or_none(_ONE, source=source, id=report_id)


async def list_own_reports(tx: Transaction, source: str, after: tuple[datetime, UUID], limit: int) -> Sequence[Row]:
    """In the order in which they came in. `after` is the sort key (received_at, id) of the last one seen."""
    at, report_id = after
    return await tx.rows(_PAGE, source=source, at=at, id=report_id, limit=limit)
