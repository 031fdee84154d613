"""Page people who must act: supervisors and the duty dispatcher, again and again until one acknowledges.

At most one open page per subject: what keeps being wrong does not multiply pages.
"""

from uuid import UUID

from services.alerts.usecases.send_page import send_page
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_OPEN = """
INSERT INTO pages (id, kind, subject, incident_id, about, state, round, repeat_s, raised_at, next_action_at)
VALUES (:id, :kind, :subject, :incident_id, :about, 'open', 0, :repeat_s, app_now(), app_now())
ON CONFLICT (kind, subject) WHERE state = 'open' DO NOTHING
"""


async def open_page(
    tx: Transaction,
    *,
    kind: str,
    subject: str,
    repeat_s: int,
    incident_id: UUID | None = None,
    about: UUID | None = None,
) -> None:
    """`about`: the interrupter whose own supervisors are paged, beside those of the incident's community."""
    page_id = new_id()
    facts = {"kind": kind, "subject": subject, "incident_id": incident_id, "about": about, "repeat_s": repeat_s}
    if await tx.run(_OPEN, id=page_id, **facts):
        await send_page(tx, page_id)
