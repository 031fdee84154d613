"""What an incident's news means for its dispatch. One reaction for all its events, since each carries the whole
incident: a missed or set-aside event is made good by the next one.
"""

from services.alerts.domain.scene import ThreatNews, said_at_desk, threat_by_news
from services.alerts.queries.dispatches import Dispatch, announce_change, find_dispatch
from services.alerts.usecases.dispatching.bring_back import bring_back
from services.alerts.usecases.dispatching.open_dispatch import open_dispatch
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.dispatching.stand_down import end_dispatch
from services.alerts.usecases.dispatching.withdraw_unwanted import withdraw_unwanted
from services.alerts.usecases.responding.change_staging import change_staging
from services.alerts.usecases.responding.tell_moved import tell_if_moved
from services.alerts.usecases.triage.owe_triage import withdraw_triage
from services.alerts.usecases.workforce.weigh_exposure import counts, weigh_exposure
from shared.contracts.events.dispatches import DispatchClosed, DispatchStoodDown
from shared.contracts.events.incidents import (
    IncidentCorroborated,
    IncidentEvent,
    IncidentSceneUpdated,
    IncidentSnapshot,
)
from shared.kernel.vocabulary import DispatchState, IncidentState
from shared.messaging.feed import GONE
from shared.persistence.transaction import Transaction

# Also one that had its response from another which was part of it, and is not any more.
_TAKEN_BACK = frozenset(IncidentState) - {IncidentState.ACTIVATED, IncidentState.CLOSED}


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
    news = ThreatNews(before=dispatch.row.threat_reported, after=incident.active_threat, said=_said(event))
    if news.speaks:
        dispatch.row.scene_said_by = None
    await _update(tx, dispatch, incident, threat=threat_by_news(dispatch.row.incident["active_threat"], news))


def _said(event: IncidentEvent) -> bool | None:
    if isinstance(event, IncidentCorroborated) and event.active_threat_said:
        return True
    if isinstance(event, IncidentSceneUpdated):
        return said_at_desk(event.incident.scene_status)
    return None


async def _update(tx: Transaction, dispatch: Dispatch, incident: IncidentSnapshot, *, threat: bool) -> None:
    counted, was = counts(dispatch), dispatch.row.incident
    _announce_visibility(tx, dispatch, incident)
    dispatch.row.incident = incident.model_dump(mode="json") | {"active_threat": was["active_threat"]}
    dispatch.row.community = incident.community.area_id if incident.community else None
    dispatch.row.threat_reported = incident.active_threat
    dispatch.row.activated_at = incident.activated_at or dispatch.row.activated_at
    dispatch.row.incident_version = incident.version
    if incident.state in _TAKEN_BACK:
        await withdraw_triage(tx, dispatch)
    if counts(dispatch) and not counted:
        await _weigh(tx, dispatch)
    if incident.state is IncidentState.ACTIVATED:
        if dispatch.has_ended and was["state"] != IncidentState.ACTIVATED:
            await bring_back(tx, dispatch, incident)
        if not dispatch.has_ended:
            await change_staging(tx, dispatch, active_threat=threat)
            await tell_if_moved(tx, dispatch, was["place"])
            await withdraw_unwanted(tx, dispatch)
            await staff_roles(tx, dispatch, cause="incident_changed")
    elif not dispatch.has_ended:
        await _end(tx, dispatch, incident.state)


async def _end(tx: Transaction, dispatch: Dispatch, state: IncidentState) -> None:
    if state is IncidentState.CLOSED:
        await end_dispatch(tx, dispatch, DispatchState.CLOSED)
        await dispatch.record(tx, DispatchClosed)
    elif state in _TAKEN_BACK:
        await end_dispatch(tx, dispatch, DispatchState.STOOD_DOWN)
        await dispatch.record(tx, DispatchStoodDown)


def _announce_visibility(tx: Transaction, dispatch: Dispatch, incident: IncidentSnapshot) -> None:
    """To those who follow the board, whatever event says it first."""
    if incident.restricted is not dispatch.is_restricted:
        announce_change(tx, dispatch.incident_id, "incident.visibility_changed")
        announce_change(tx, dispatch.incident_id, GONE)


async def _weigh(tx: Transaction, dispatch: Dispatch) -> None:
    """There are victims after all: whoever was there has seen them."""
    for interrupter_id in sorted({one.interrupter_id for one in dispatch.assignments if one.on_scene_at}):
        await weigh_exposure(tx, dispatch, interrupter_id)
