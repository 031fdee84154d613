"""Pages that nobody has acknowledged are sent again."""

from services.alerts.usecases.paging.send_page import send_page
from shared.persistence.transaction import Transaction

_DUE = """
SELECT id FROM pages WHERE state = 'open' AND next_action_at <= app_now()
ORDER BY next_action_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def repeat_unacknowledged_page(tx: Transaction) -> bool:
    """One page; False if none is due."""
    page = await tx.row_or_none(_DUE)
    if page is None:
        return False
    await send_page(tx, page["id"])
    return True
