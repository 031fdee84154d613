"""Somebody is kept out of a community or an incident. The supervisors of the organization alone know why.

What they are being asked there is withdrawn and the next person asked; if they are there already, the desk is told
(`part_from_unfit`).
"""

from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_know_conflicts_of_interest
from services.alerts.domain.workforce import Exclusion, exclusion_faults
from services.alerts.queries.workers import visible_interrupter, whose
from shared.kernel.errors import Invalid, NotAllowed
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_RECORD = """
INSERT INTO conflicts_of_interest (id, interrupter_id, community, incident_id, reason, expires_at, recorded_by,
                                   recorded_at)
VALUES (:id, :interrupter_id, :community, CAST(:incident_id AS uuid), :reason, :expires_at, :by, app_now())
"""


async def record_conflict_of_interest(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, exclusion: Exclusion, by: str
) -> UUID:
    row = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_know_conflicts_of_interest(viewer, whose(row)):
        raise NotAllowed("conflicts of interest are for the supervisors of the person's organization")
    if faults := exclusion_faults(exclusion, await tx.now()):
        raise Invalid(*faults)
    conflict_id = new_id()
    await tx.run(
        _RECORD,
        id=conflict_id,
        interrupter_id=interrupter_id,
        community=exclusion.community,
        incident_id=exclusion.incident_id,
        reason=exclusion.reason,
        expires_at=exclusion.expires_at,
        by=by,
    )
    return conflict_id
