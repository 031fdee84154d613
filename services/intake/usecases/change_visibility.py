"""Restrict an incident to those who may see restricted ones, or lift that, in whatever state it is.

Everybody who shows incidents or what is done about them goes by the flag in its snapshot. Saying what holds already
changes nothing and publishes nothing.
"""

from uuid import UUID

from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.decided import Decider, record_decision, standing
from shared.contracts.events.incidents import IncidentSnapshot, IncidentVisibilityChanged
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def change_visibility(
    tx: Transaction, incident_id: UUID, decider: Decider, *, restricted: bool
) -> IncidentSnapshot:
    row = await lock_incident(tx, incident_id)
    was = standing(row)
    if row.restricted is restricted:
        return snapshot(row)
    await _change(tx, row, restricted=restricted)
    await record_decision(tx, row, was, "change_visibility", decider)
    return snapshot(row)


async def restrict(tx: Transaction, row: IncidentRow) -> None:
    """The row is locked. What is said to be restricted is, whoever said what before; a person alone lifts it."""
    await _change(tx, row, restricted=True)


async def _change(tx: Transaction, row: IncidentRow, *, restricted: bool) -> None:
    row.restricted = restricted
    row.version += 1
    await publish(tx, IncidentVisibilityChanged(at=await tx.now(), incident=snapshot(row)))
