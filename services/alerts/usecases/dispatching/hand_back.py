"""Asking goes on: whoever had taken the dispatch over hands it back, or the policy's time for a person alone is over.

So nothing is forgotten on a desk: a dispatch that is led by a person ends in being staffed, or asks and pages again.
"""

from uuid import UUID

from services.alerts.domain.desk_actions import NotNow, hand_back
from services.alerts.domain.override import Desk
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.dispatching.take_over import refuse_strangers
from shared.contracts.dispatch_steps import DispatchHandedBack
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import DeskReason, DispatchState
from shared.persistence.transaction import Transaction


async def hand_back_dispatch(tx: Transaction, incident_id: UUID, reason: DeskReason, desk: Desk) -> Dispatch:
    """Raises NotFound, NotAllowed, StateConflict."""
    dispatch = await lock_dispatch(tx, incident_id)
    await refuse_strangers(tx, dispatch, desk)
    match hand_back(DispatchState(dispatch.row.state), led_by=dispatch.row.taken_over_by):
        case NotNow(why):
            raise StateConflict(why, state=dispatch.row.state)
    await ask_on(tx, dispatch, reason=reason, desk=desk)
    return dispatch


async def ask_on(tx: Transaction, dispatch: Dispatch, *, reason: DeskReason | None, desk: Desk | None) -> None:
    """Without a desk the clock has done it."""
    row = dispatch.row
    row.taken_over_at, row.taken_over_by, row.escalate_at = None, None, None
    await note_action(tx, dispatch.incident_id, "hand_back", reason=reason, desk=desk)
    await dispatch.record(tx, DispatchHandedBack, by_clock=desk is None, reason=reason, decided_as=desk and desk.office)
    await staff_roles(tx, dispatch, cause="handed_back")
