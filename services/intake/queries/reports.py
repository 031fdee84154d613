"""Reports as their own source sees them: what it said, when, and what state the incident is in that it supports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.persistence.transaction import Row, Transaction

# A restricted incident is to its source what an unknown one is.
_OWN = """
SELECT reports.id AS report_id, reports.source_ref, received_at, incident_id, state, screened_out_reason, merged_into
FROM reports JOIN incidents ON incidents.id = incident_id
WHERE reports.source = :source AND NOT restricted
"""
_ONE = _OWN + "AND reports.id = :id"
_PAGE = _OWN + "AND (received_at, reports.id) > (:at, :id) ORDER BY received_at, reports.id LIMIT :limit"


async def read_own_report(tx: Transaction, source: str, report_id: UUID) -> Row | None:
    return await tx.row_or_none(_ONE, source=source, id=report_id)


async def list_own_reports(tx: Transaction, source: str, after: tuple[datetime, UUID], limit: int) -> Sequence[Row]:
    """In the order in which they came in. `after` is the sort key (received_at, id) of the last one seen."""
    at, report_id = after
    return await tx.rows(_PAGE, source=source, at=at, id=report_id, limit=limit)
