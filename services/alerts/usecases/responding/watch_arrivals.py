"""Somebody who has a role and is not on scene in the policy's time: the desk is paged until it knows or they are there.

The time is a row from the moment the role is given. Once per assignment: what goes on after that is the page.
"""

from services.alerts.domain.assignments import ON_THE_WAY
from services.alerts.domain.pages import PageKind
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.paging.open_page import open_page
from services.alerts.usecases.paging.settle_page import clear_page
from shared.contracts.dispatch_steps import AssignmentDelayed
from shared.persistence.transaction import Transaction

# In no order: one dispatch that cannot be judged must not stand before all others.
_DUE = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM assignments WHERE on_scene_by <= app_now() ORDER BY on_scene_by LIMIT 50
) ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def watch_arrivals(tx: Transaction) -> bool:
    """One dispatch; False if there is none that another engine has not taken."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    dispatch, now = await lock_dispatch(tx, due["incident_id"]), await tx.now()
    for assignment in dispatch.assignments:
        if assignment.on_scene_by is not None and assignment.on_scene_by <= now:
            await _tell(tx, dispatch, assignment)
    return True


async def end_watch(tx: Transaction, assignment: AssignmentRow) -> None:
    """They are there, or their assignment has ended, and are awaited no more. A step on the way changes nothing."""
    if assignment.state not in ON_THE_WAY:
        await clear_page(tx, PageKind.NOT_ON_SCENE, str(assignment.id))


async def _tell(tx: Transaction, dispatch: Dispatch, assignment: AssignmentRow) -> None:
    await note_action(tx, dispatch.incident_id, "await", about=(assignment.offer_id, assignment.on_scene_by))
    assignment.on_scene_by = None
    await dispatch.record(tx, AssignmentDelayed, assignment_id=assignment.id)
    await open_page(
        tx,
        kind=PageKind.NOT_ON_SCENE,
        subject=str(assignment.id),
        repeat_s=int(dispatch.policy.page_repeat.total_seconds()),
        incident_id=dispatch.incident_id,
        about=assignment.interrupter_id,
    )
