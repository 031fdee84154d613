"""Page people who must act: supervisors and the duty dispatcher, again and again until one acknowledges.

At most one open page per subject: what keeps being wrong does not multiply pages.
"""

from uuid import UUID

from services.alerts.usecases.send_page import send_page
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_OPEN = """
INSERT INTO pages (id, kind, subject, incident_id, state, round, repeat_s, raised_at, next_action_at)
VALUES (:id, :kind, :subject, :incident_id, 'open', 0, :repeat_s, app_now(), app_now())
ON CONFLICT (kind, subject) WHERE state = 'open' DO NOTHING
"""


async def open_page(
    tx: Transaction, *, kind: str, subject: str, repeat_s: int, incident_id: UUID | None = None
) -> None:
    page_id = new_id()
    if await tx.run(_OPEN, id=page_id, kind=kind, subject=subject, incident_id=incident_id, repeat_s=repeat_s):
        await send_page(tx, page_id)
