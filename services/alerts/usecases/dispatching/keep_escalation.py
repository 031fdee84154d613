"""When the next step of a dispatch's escalation is due: begun when somebody begins to be wanted, ended when nobody is.

While everybody has been asked in vain for all that is wanted the desk is paged for that, and while a person leads it
is that person's.
"""

from services.alerts.domain.escalation import at_step
from services.alerts.domain.pages import PageKind
from services.alerts.queries.dispatches import Dispatch
from services.alerts.usecases.paging.settle_page import clear_page
from shared.kernel.vocabulary import EscalationTarget
from shared.persistence.transaction import Transaction


def page_subject(dispatch: Dispatch, to: EscalationTarget) -> str:
    """One page for each desk."""
    return f"{dispatch.incident_id}/{to}"


async def keep_escalation(tx: Transaction, dispatch: Dispatch) -> None:
    """Somebody is asked, and nobody leads the dispatch. Its incident may be another than it was, and so the steps."""
    row = dispatch.row
    if row.wanted_since is None:
        row.wanted_since, row.escalation_step = await tx.now(), 0
    row.escalate_at = at_step(dispatch.policy, row.escalation_step, row.wanted_since)


async def end_escalation(tx: Transaction, dispatch: Dispatch) -> None:
    row = dispatch.row
    taken, row.wanted_since, row.escalation_step, row.escalate_at = row.escalation_step, None, 0, None
    if taken:
        for to in EscalationTarget:
            await clear_page(tx, PageKind.ESCALATED, page_subject(dispatch, to))
