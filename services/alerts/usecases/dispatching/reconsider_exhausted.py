"""Whoever becomes able to be asked re-opens what had nobody left: the engine ranks those dispatches again.

Asking is an insert, so that a tap never waits for a ranking under way; the engine alone touches the dispatches. An
exhausted dispatch has a time at which it is looked at again: rest ends and licences begin without anybody doing
anything. When the policy's age for an activation is over it is not any more, for nobody is paged for an old crime: a
person is told once, and the board shows it.
"""

from datetime import timedelta

from services.alerts.domain.pages import PageKind
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.paging.open_page import open_page
from services.alerts.usecases.paging.settle_page import settle_exhausted_page
from shared.persistence.transaction import Transaction

LOOK_AGAIN = timedelta(seconds=10)
_ASK = "INSERT INTO reconsideration_requests DEFAULT VALUES"
# In id order: the lock that any other change of a dispatch begins with, and no other lock is held here.
_HEAR = """
WITH heard AS (DELETE FROM reconsideration_requests RETURNING id)
UPDATE dispatches SET reconsider_at = app_now()
WHERE EXISTS (SELECT FROM heard)
  AND incident_id IN (SELECT incident_id FROM dispatches WHERE state = 'exhausted' AND reconsider_at IS NOT NULL
                      ORDER BY incident_id FOR UPDATE)
"""
# In no order: one dispatch that cannot be judged must not stand before all others.
_DUE = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM dispatches WHERE reconsider_at <= app_now() ORDER BY reconsider_at LIMIT 50
) AND reconsider_at <= app_now() ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def ask_to_reconsider(tx: Transaction) -> None:
    await tx.run(_ASK)


async def hear_requests(tx: Transaction) -> bool:
    """Marks what is exhausted as due. False if nobody asked or nothing is exhausted."""
    return bool(await tx.run(_HEAR))


async def reconsider_exhausted_dispatch(tx: Transaction) -> bool:
    """One dispatch; False if none is due."""
    due = await tx.row_or_none(_DUE)
    if due is None:
        return False
    dispatch = await lock_dispatch(tx, due["incident_id"])
    if await tx.now() - dispatch.row.activated_at > dispatch.policy.activation_max_age:
        await _give_up(tx, dispatch)
        return True
    dispatch.row.reconsider_at = await tx.now() + LOOK_AGAIN
    await staff_roles(tx, dispatch, cause="reconsidered")
    return True


async def _give_up(tx: Transaction, dispatch: Dispatch) -> None:
    """The roles that nobody is left for. Whoever has another goes on, and so do questions under way."""
    dispatch.row.reconsider_at = None
    await settle_exhausted_page(tx, dispatch.incident_id)
    await open_page(
        tx,
        kind=PageKind.GIVEN_UP,
        subject=str(dispatch.incident_id),
        repeat_s=int(dispatch.policy.page_repeat.total_seconds()),
        incident_id=dispatch.incident_id,
    )
