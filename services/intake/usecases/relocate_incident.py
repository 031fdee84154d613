"""Relocate an incident by a person's decision: it happened elsewhere than was thought, or is known better.

The areas that it belongs to follow from the point. Saying what is known already changes nothing.
"""

from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain import incident as states
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from services.intake.usecases.located import located
from shared.contracts.events.incidents import IncidentRelocated, IncidentSnapshot, Place
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.geo import Point
from shared.kernel.vocabulary import IncidentState
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def relocate_incident(
    tx: Transaction, incident_id: UUID, place: Place, decider: Decider, in_force: InForce
) -> IncidentSnapshot:
    """Raises Invalid for a place outside the programme's city."""
    point = Point(place.lat, place.lon)
    if not in_force.programme.city.contains(point):
        raise Invalid(FieldError("/location", "is not a place in this programme's city"))
    row = await lock_incident(tx, incident_id)
    allowed(states.correct(IncidentState(row.state)), states.CORRECT_THE_OTHER)
    if (row.lat, row.lon, row.accuracy_m) == (place.lat, place.lon, place.accuracy_m):
        return snapshot(row)
    was = standing(row)
    for name, value in located(point, row.occurred_at, in_force).items():
        setattr(row, name, value)
    row.accuracy_m = place.accuracy_m
    row.version += 1
    await record_decision(tx, row, was, "relocate", decider)
    after = snapshot(row)
    await publish(
        tx,
        IncidentRelocated(
            at=await tx.now(),
            incident=after,
            was_community=was["community"],
            was_ward=was["ward"],
            was_cluster=was["cluster"],
        ),
    )
    return after
