"""End a dispatch: its incident has ended, or a dispatcher has decided it. Nobody is asked any more, whoever is on the
way is told and free.
"""

from uuid import UUID

from services.alerts.domain.assignments import ACTIVE
from services.alerts.domain.desk_actions import AlreadySo, NotNow, stand_down
from services.alerts.domain.override import Desk
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.usecases.dispatching.keep_escalation import end_escalation
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.paging.settle_page import settle_exhausted_page
from services.alerts.usecases.responding.stand_down_assignment import stand_down_assignment
from shared.contracts.dispatch_steps import DispatchStandDownDecided
from shared.contracts.events.dispatches import DispatchStoodDown
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import DeskReason, DispatchState, OfferState
from shared.persistence.transaction import Transaction


async def end_dispatch(tx: Transaction, dispatch: Dispatch, state: DispatchState) -> None:
    """`state`: closed or stood_down. The caller records the dispatch's own event."""
    for offer in dispatch.live_offers():
        await settle_offer(tx, dispatch, offer, OfferState.WITHDRAWN)
    freed = [one for one in dispatch.assignments if one.state in ACTIVE]
    for assignment in freed:
        await stand_down_assignment(tx, dispatch, assignment)
    await settle_exhausted_page(tx, dispatch.incident_id)
    await end_escalation(tx, dispatch)
    row = dispatch.row
    row.state, row.closed_at, row.reconsider_at = state, await tx.now(), None
    row.exhausted_roles, row.taken_over_at, row.taken_over_by = [], None, None
    if freed:
        await ask_to_reconsider(tx)


async def stand_down_by_desk(tx: Transaction, incident_id: UUID, reason: DeskReason, desk: Desk) -> Dispatch:
    """The response ends, whatever the incident is. Repeating it changes nothing. Raises NotFound, StateConflict."""
    dispatch = await lock_dispatch(tx, incident_id)
    match stand_down(DispatchState(dispatch.row.state)):
        case NotNow(why):
            raise StateConflict(why, state=dispatch.row.state)
        case AlreadySo():
            return dispatch
    await note_action(tx, incident_id, "stand_down", reason=reason, desk=desk)
    await dispatch.record(tx, DispatchStandDownDecided, reason=reason, decided_as=desk.office)
    await end_dispatch(tx, dispatch, DispatchState.STOOD_DOWN)
    await dispatch.record(tx, DispatchStoodDown)
    return dispatch
