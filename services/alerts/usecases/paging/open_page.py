"""Page people who must act: supervisors and the duty dispatcher, again and again until one acknowledges.

At most one open page per subject: what keeps being wrong does not multiply pages.
"""

from dataclasses import asdict, dataclass
from uuid import UUID

from services.alerts.domain.pages import PageKind
from services.alerts.usecases.paging.send_page import send_page
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import EscalationTarget
from shared.persistence.transaction import Transaction

_OPEN = """
INSERT INTO pages (id, kind, subject, incident_id, about, audience, roles, state, round, repeat_s, raised_at,
                   next_action_at)
VALUES (:id, :kind, :subject, :incident_id, :about, :audience, :roles, 'open', 0, :repeat_s, app_now(), app_now())
ON CONFLICT (kind, subject) WHERE state = 'open' DO NOTHING
"""


@dataclass(frozen=True)
class NewPage:
    """`about`: the interrupter whose own supervisors are paged, beside those of the incident's community if it is
    named. `audience`: one of the desks alone. `roles`: those that nobody is left for.
    """

    kind: PageKind
    subject: str
    repeat_s: int
    incident_id: UUID | None = None
    about: UUID | None = None
    audience: EscalationTarget | None = None
    roles: tuple[str, ...] | None = None


async def open_page(
    tx: Transaction,
    *,
    kind: PageKind,
    subject: str,
    repeat_s: int,
    incident_id: UUID | None = None,
    about: UUID | None = None,
) -> None:
    await page_people(tx, NewPage(kind, subject, repeat_s, incident_id, about))


async def page_people(tx: Transaction, page: NewPage) -> bool:
    """False if there is nobody to page."""
    page_id = new_id()
    if await tx.run(_OPEN, id=page_id, **asdict(page)):
        return await send_page(tx, page_id) > 0
    return True
