"""One offer with its incident and the assignment that came of it."""

from uuid import UUID

from sqlalchemy import RowMapping

from shared.persistence.transaction import Transaction

_DETAILS = """
SELECT o.id AS offer_id, o.incident_id, o.interrupter_id, o.role, o.state, o.distance_m, o.made_at, o.acknowledge_by,
       o.accept_by, o.acknowledged_at, o.settled_at, o.decline_reason, a.id AS assignment_id, d.incident
FROM offers o JOIN dispatches d USING (incident_id) LEFT JOIN assignments a ON a.offer_id = o.id
WHERE o.id = :id
"""


async def offer_details(tx: Transaction, offer_id: UUID) -> RowMapping:
    return await tx.row(_DETAILS, id=offer_id)
