"""Verify an incident: a person has confirmed that it happened, so it is no rumour. It pages nobody.

Confirming again what was confirmed changes nothing and publishes nothing.
"""

from uuid import UUID

from services.intake.domain import incident as states
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from shared.contracts.events.incidents import IncidentSnapshot, IncidentVerified
from shared.kernel.vocabulary import IncidentState, Verification
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def verify_incident(tx: Transaction, incident_id: UUID, decider: Decider) -> IncidentSnapshot:
    row = await lock_incident(tx, incident_id)
    was = standing(row)
    state = allowed(states.verify(IncidentState(row.state)), "Only a reported incident can be verified.")
    if (row.state, row.verification, row.rumour) == (state, Verification.CONFIRMED, False):
        return snapshot(row)
    row.state, row.verification, row.rumour = state, Verification.CONFIRMED, False
    row.version += 1
    after = snapshot(row)
    await record_decision(tx, row, was, "verify", decider)
    await publish(tx, IncidentVerified(at=await tx.now(), incident=after))
    return after
