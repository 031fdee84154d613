"""What an incident's news means for its dispatch. One reaction for all its events, since each carries the whole
incident: a missed or set-aside event is made good by the next one.
"""

from services.alerts.queries.dispatches import Dispatch, find_dispatch
from services.alerts.usecases.open_dispatch import open_dispatch
from services.alerts.usecases.staff_roles import staff_roles
from services.alerts.usecases.stand_down import end_dispatch
from services.alerts.usecases.withdraw_unwanted import withdraw_unwanted
from shared.contracts.events.dispatches import DispatchClosed, DispatchStoodDown
from shared.contracts.events.incidents import IncidentEvent, IncidentSnapshot
from shared.kernel.vocabulary import DispatchState, IncidentState
from shared.persistence.transaction import Transaction


async def follow_incident(tx: Transaction, event: IncidentEvent) -> None:
    """Idempotent per incident version; older versions than the one known change nothing."""
    incident = event.incident
    if incident.version == 1 and incident.state is not IncidentState.ACTIVATED:
        return  # nobody can have been asked about it before its first word
    dispatch = await find_dispatch(tx, incident.incident_id, lock=True)
    if dispatch is None:
        if incident.state is IncidentState.ACTIVATED:
            await open_dispatch(tx, incident)
        return
    if incident.version <= dispatch.row.incident_version:
        return
    await _update(tx, dispatch, incident)


async def _update(tx: Transaction, dispatch: Dispatch, incident: IncidentSnapshot) -> None:
    dispatch.row.incident = incident.model_dump(mode="json")
    dispatch.row.incident_version = incident.version
    if dispatch.has_ended:
        return
    if incident.state is IncidentState.ACTIVATED:
        await withdraw_unwanted(tx, dispatch)
        await staff_roles(tx, dispatch, cause="incident_changed")
    elif incident.state is IncidentState.CLOSED:
        await end_dispatch(tx, dispatch, DispatchState.CLOSED)
        await dispatch.record(tx, DispatchClosed)
    elif incident.state in {IncidentState.SCREENED_OUT, IncidentState.MERGED}:
        await end_dispatch(tx, dispatch, DispatchState.STOOD_DOWN)
        await dispatch.record(tx, DispatchStoodDown)
