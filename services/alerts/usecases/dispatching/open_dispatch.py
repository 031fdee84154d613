"""Open the dispatch of an activated incident: snapshot the policy, ask the first people."""

from collections.abc import Mapping
from typing import Any

from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.policies import policy_in_force
from services.alerts.tables import DISPATCH, DispatchRow
from services.alerts.usecases.dispatching.carry_over import carry_over, in_turn
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.triage.owe_triage import owe_triage
from shared.contracts.events.dispatches import DispatchOpened, DispatchStoodDown
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.vocabulary import DispatchState
from shared.messaging.alarms import raise_alarm
from shared.persistence.transaction import Transaction


class NoPolicyLoaded(Exception):
    """Nobody can be asked before a dispatch policy is loaded: `python -m services.alerts load-programme DIR`."""


async def open_dispatch(tx: Transaction, incident: IncidentSnapshot) -> None:
    """Raises NoPolicyLoaded: the event is then set aside, seen, and replayed once there is a policy.

    An activation that arrives long after the fact (a topic read again from its beginning) pages nobody: it is
    recorded as stood down, and a person is told. Whoever was at an incident that was merged into this one has it
    at once.
    """
    policy = await policy_in_force(tx)
    if policy is None:
        raise NoPolicyLoaded
    now = await tx.now()
    activated_at = incident.activated_at or now
    dispatch = Dispatch(_row(incident, policy, activated_at=activated_at, now=now))
    await tx.insert(DISPATCH, dispatch.row)
    await owe_triage(tx, dispatch)
    await dispatch.record(tx, DispatchOpened)
    if now - activated_at > dispatch.policy.activation_max_age:
        dispatch.row.state, dispatch.row.closed_at = DispatchState.STOOD_DOWN, now
        await dispatch.record(tx, DispatchStoodDown)
        named = "restricted" if incident.restricted else str(incident.incident_id)
        await raise_alarm(tx, service="alerts", alarm="late_activation", subject=named)
        return
    if incident.report_count > 1:
        await in_turn(tx, dispatch.incident_id)
        await carry_over(tx, dispatch)
    await staff_roles(tx, dispatch, cause="opened")


def _row(incident: IncidentSnapshot, policy: Mapping[Any, Any], *, activated_at: Any, now: Any) -> DispatchRow:
    return DispatchRow(
        incident_id=incident.incident_id,
        version=0,
        state=DispatchState.OPEN,
        community=incident.community.area_id if incident.community else None,
        incident=incident.model_dump(mode="json"),
        incident_version=incident.version,
        policy_name=policy["name"],
        policy_version=policy["version"],
        policy=policy["body"],
        activated_at=activated_at,
        opened_at=now,
        exhausted_count=0,
        threat_reported=incident.active_threat,
        exhausted_roles=[],
    )
