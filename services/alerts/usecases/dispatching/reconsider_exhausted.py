"""Whoever becomes able to be asked re-opens what had nobody left: the engine ranks those dispatches again.

Asking is an insert, so that a tap never waits for a ranking under way; the engine alone touches the dispatches. An
exhausted dispatch always has a time at which it is looked at again: rest ends and licences begin without anybody
doing anything.
"""

from datetime import timedelta

from services.alerts.queries.dispatches import lock_dispatch
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from shared.persistence.transaction import Transaction

LOOK_AGAIN = timedelta(seconds=10)
_ASK = "INSERT INTO reconsideration_requests DEFAULT VALUES"
# In id order: the lock that any other change of a dispatch begins with, and no other lock is held here.
_HEAR = """
WITH heard AS (DELETE FROM reconsideration_requests RETURNING id)
UPDATE dispatches SET reconsider_at = app_now()
WHERE EXISTS (SELECT FROM heard)
  AND incident_id IN (SELECT incident_id FROM dispatches WHERE state = 'exhausted' ORDER BY incident_id FOR UPDATE)
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
    dispatch.row.reconsider_at = await tx.now() + LOOK_AGAIN
    await staff_roles(tx, dispatch, cause="reconsidered")
    return True
