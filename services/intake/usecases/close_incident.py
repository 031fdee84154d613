"""Close an activated incident: the response is over. A person says so; a dispatch that ends does not."""

from uuid import UUID

from services.intake.domain import incident as states
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from shared.contracts.events.incidents import IncidentClosed, IncidentSnapshot
from shared.kernel.vocabulary import IncidentState
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def close_incident(tx: Transaction, incident_id: UUID, decider: Decider) -> IncidentSnapshot:
    row = await lock_incident(tx, incident_id)
    was = standing(row)
    row.state = allowed(states.close(IncidentState(row.state)), "Only an activated incident can be closed.")
    row.version += 1
    after = snapshot(row)
    await record_decision(tx, row, was, "close", decider)
    await publish(tx, IncidentClosed(at=await tx.now(), incident=after))
    return after
