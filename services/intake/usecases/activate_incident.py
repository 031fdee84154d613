"""Activate an incident by a dispatcher's decision, where policy left it to one.

Nobody is ever paged for an old crime, not even by a person: beyond the age set by the policy that judged the incident,
activation is refused.
"""

from uuid import UUID

from services.intake.domain import incident as states
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from shared.contracts.events.incidents import IncidentActivated, IncidentSnapshot
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import IncidentState
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


class TooOldToActivate(StateConflict):
    """It happened longer ago than the programme responds to."""

    slug = "too-old-to-activate"


async def activate_incident(tx: Transaction, incident_id: UUID, decider: Decider) -> IncidentSnapshot:
    row = await lock_incident(tx, incident_id)
    state = allowed(states.activate(IncidentState(row.state)), "Only a reported or verified incident can be activated.")
    now = await tx.now()
    if now > row.activatable_until:
        raise TooOldToActivate("It happened too long ago: nobody is paged for it any more.", state=row.state)
    was = standing(row)
    row.state, row.activated_at, row.obstacles = state, now, []
    row.version += 1
    after = snapshot(row)
    await record_decision(tx, row, was, "activate", decider)
    await publish(tx, IncidentActivated(at=now, incident=after, by_policy=False))
    return after
