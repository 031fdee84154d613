"""Mark an incident as what may be talk and nothing more, or lift that: a person says either.

A rumour is never activated by policy. While nobody has decided, policy judges again after each of the two: what waited
for the lifting goes on as it would have.
"""

from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain import incident as states
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.usecases.apply_policy import judge_anew
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from shared.contracts.events.incidents import IncidentRumourMarked, IncidentSnapshot
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import IncidentState, Verification
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def mark_rumour(
    tx: Transaction, incident_id: UUID, *, rumour: bool, decider: Decider, in_force: InForce
) -> IncidentSnapshot:
    """Saying what is known already changes nothing. Raises StateConflict for what was confirmed."""
    row = await lock_incident(tx, incident_id)
    was, now = standing(row), await tx.now()
    allowed(states.doubt(IncidentState(row.state)), "Only an open incident can be a rumour or stop being one.")
    if row.rumour is rumour:
        return snapshot(row)
    if rumour and row.verification == Verification.CONFIRMED:
        raise StateConflict("It was confirmed: screen it out if it did not happen.", state=row.state)
    row.rumour = rumour
    row.version += 1
    await record_decision(tx, row, was, "mark_rumour", decider)
    await publish(tx, IncidentRumourMarked(at=now, incident=snapshot(row)))
    await judge_anew(tx, row, in_force)
    return snapshot(row)
