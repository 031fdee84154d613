"""A person finds somebody: nobody more is asked, and nobody paged, until it is handed back or everybody is found.

Questions under way stay good: a yes still counts. The policy says for how long a person may have it alone.
"""

from uuid import UUID

from services.alerts.domain.desk_actions import AlreadySo, NotNow, may_lead, take_over
from services.alerts.domain.override import Desk
from services.alerts.queries.candidates import covering_organizations
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.usecases.dispatching.keep_escalation import end_escalation
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.paging.settle_page import settle_exhausted_page
from shared.contracts.dispatch_steps import DispatchTakenOver
from shared.kernel.errors import NotAllowed, StateConflict
from shared.kernel.vocabulary import DeskReason, DispatchState
from shared.persistence.transaction import Transaction


async def take_over_dispatch(tx: Transaction, incident_id: UUID, reason: DeskReason, desk: Desk) -> Dispatch:
    """Repeating it changes nothing. Raises NotFound, NotAllowed, StateConflict."""
    dispatch = await lock_dispatch(tx, incident_id)
    await refuse_strangers(tx, dispatch, desk)
    row = dispatch.row
    match take_over(DispatchState(row.state), led_by=row.taken_over_by, by=desk.subject):
        case NotNow(why):
            raise StateConflict(why, state=row.state)
        case AlreadySo():
            return dispatch
    await settle_exhausted_page(tx, dispatch.incident_id)
    await end_escalation(tx, dispatch)
    now = await tx.now()
    row.state, row.exhausted_roles, row.reconsider_at = DispatchState.OPEN, [], None
    row.taken_over_at, row.taken_over_by, row.escalate_at = now, desk.subject, now + dispatch.policy.hand_back_after
    await note_action(tx, incident_id, "take_over", reason=reason, desk=desk, about=(None, row.escalate_at))
    await dispatch.record(tx, DispatchTakenOver, reason=reason, decided_as=desk.office)
    return dispatch


async def refuse_strangers(tx: Transaction, dispatch: Dispatch, desk: Desk) -> None:
    """Whoever would be paged about it may lead it."""
    covering = await covering_organizations(
        tx, community=dispatch.row.community, time_zone=dispatch.row.policy["time_zone"]
    )
    if not may_lead(desk, covering):
        raise NotAllowed("a dispatcher decides, or a supervisor of whoever covers the community")
