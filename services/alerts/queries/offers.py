"""One offer with its incident and the assignment that came of it; which of an incident the desk settled."""

from uuid import UUID

from services.alerts.domain.answering import Asked
from services.alerts.queries.restricted import IS_RESTRICTED
from shared.persistence.transaction import Row, Transaction

_DETAILS = """
SELECT o.id AS offer_id, o.incident_id, o.interrupter_id, o.role, o.state, o.distance_m, o.made_at, o.acknowledge_by,
       o.accept_by, o.acknowledged_at, o.settled_at, o.decline_reason,
       a.id AS assignment_id, a.state AS assignment_state, d.incident
FROM offers o JOIN dispatches d USING (incident_id) LEFT JOIN assignments a ON a.offer_id = o.id
WHERE o.id = :id
"""


_WHO = """
SELECT i.id AS interrupter_id, i.organization_id, {restricted} AS restricted
FROM {table} t JOIN interrupters i ON i.id = t.interrupter_id JOIN dispatches d USING (incident_id)
WHERE t.id = :id
"""
_SENT_BY_HAND = """
SELECT sent.offer_id FROM overrides o JOIN assignments sent ON sent.id = o.assignment_id
WHERE o.incident_id = :incident_id
"""
_WHO_WAS_ASKED = _WHO.format(table="offers", restricted=IS_RESTRICTED)
_WHO_HAS_IT = _WHO.format(table="assignments", restricted=IS_RESTRICTED)


async def who_was_asked(tx: Transaction, offer_id: UUID) -> Asked | None:
    row = await tx.row_or_none(_WHO_WAS_ASKED, id=offer_id)
    return None if row is None else Asked(**row)


async def who_has_it(tx: Transaction, assignment_id: UUID) -> Asked | None:
    row = await tx.row_or_none(_WHO_HAS_IT, id=assignment_id)
    return None if row is None else Asked(**row)


async def offer_details(tx: Transaction, offer_id: UUID) -> Row:
    return await tx.row(_DETAILS, id=offer_id)


async def sent_by_hand(tx: Transaction, incident_id: UUID) -> set[UUID]:
    """The offers whose person the desk sent, with and without a question."""
    return {row["offer_id"] for row in await tx.rows(_SENT_BY_HAND, incident_id=incident_id)}
