"""The clockwork beside offers: pages nobody acknowledged are sent again, exhausted dispatches are looked at again."""

from services.alerts.tables import DispatchRow
from services.alerts.usecases.send_page import send_page
from services.alerts.usecases.staff_roles import staff_roles
from shared.kernel.vocabulary import DispatchState
from shared.persistence.transaction import Transaction

_PAGES = """
SELECT id, incident_id FROM pages WHERE state = 'open' AND next_action_at <= app_now()
ORDER BY next_action_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_RECONSIDER = """
SELECT incident_id FROM dispatches WHERE reconsider_at <= app_now()
ORDER BY reconsider_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def repeat_unacknowledged_page(tx: Transaction) -> bool:
    """One page; False if none is due."""
    page = await tx.row_or_none(_PAGES)
    if page is None:
        return False
    await send_page(tx, page["id"])
    return True


async def reconsider_exhausted_dispatch(tx: Transaction) -> bool:
    """One dispatch; False if none is to be looked at."""
    row = await tx.row_or_none(_RECONSIDER)
    if row is None:
        return False
    dispatch = await tx.get(DispatchRow, row["incident_id"], lock=True)
    assert dispatch is not None
    dispatch.reconsider_at = None
    if dispatch.state == DispatchState.EXHAUSTED:
        await staff_roles(tx, dispatch, cause="reconsidered")
    return True


async def look_again_at_exhausted(tx: Transaction) -> None:
    """Every exhausted dispatch, now and then: rest ends and licences begin without anybody doing anything."""
    await tx.run("UPDATE dispatches SET reconsider_at = app_now() WHERE state = 'exhausted' AND reconsider_at IS NULL")
