"""An incident was another one: its dispatch is stood down, and whoever was at it is at the survivor's.

If the survivor has no dispatch yet, it takes them over as it opens.
"""

from services.alerts.queries.dispatches import find_dispatch
from services.alerts.usecases.dispatching.carry_over import carry_over, in_turn
from services.alerts.usecases.dispatching.follow_incident import follow_incident
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from shared.contracts.events.incidents import IncidentMerged
from shared.persistence.transaction import Transaction

# In the order of their ids: of two that need both, one waits for the other.
_LOCK = "SELECT incident_id FROM dispatches WHERE incident_id = ANY (:both) ORDER BY incident_id FOR UPDATE"


async def follow_merged_incident(tx: Transaction, event: IncidentMerged) -> None:
    survivor_id = event.incident.merged_into
    assert survivor_id is not None
    await in_turn(tx, survivor_id)
    await tx.rows(_LOCK, both=[event.incident.incident_id, survivor_id])
    await follow_incident(tx, event)
    survivor = await find_dispatch(tx, survivor_id, lock=True)
    if survivor is not None and not survivor.has_ended:
        await carry_over(tx, survivor, merged=event.incident.incident_id)
        await staff_roles(tx, survivor, cause="incident_changed")
