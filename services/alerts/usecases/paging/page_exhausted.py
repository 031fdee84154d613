"""Page the desk that nobody is left to ask, and for what: one page for a dispatch, however many of its roles it is.

A further role is told at once, also where the page is open already; what is true of fewer roles by now is said with
the next round.
"""

from collections.abc import Sequence

from services.alerts.domain.pages import PageKind
from services.alerts.queries.dispatches import Dispatch
from services.alerts.usecases.paging.open_page import NewPage, page_people
from services.alerts.usecases.paging.send_page import send_page
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Transaction

_OF_ROLES = """
UPDATE pages SET roles = :roles WHERE kind = 'exhausted' AND subject = :subject AND state = 'open' RETURNING id
"""


async def page_exhausted(tx: Transaction, dispatch: Dispatch, roles: Sequence[DispatchRole], *, further: bool) -> None:
    """The dispatch is locked. `further`: one of the roles was not among them before."""
    subject, named = str(dispatch.incident_id), tuple(role.value for role in roles)
    page = await tx.row_or_none(_OF_ROLES, subject=subject, roles=named)
    if not further:
        return
    if page is not None:
        await send_page(tx, page["id"])
        return
    repeat_s = int(dispatch.policy.page_repeat.total_seconds())
    await page_people(tx, NewPage(PageKind.EXHAUSTED, subject, repeat_s, dispatch.incident_id, roles=named))
