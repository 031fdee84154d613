"""Who must not be at an incident whatever was decided before: inactive, on a safety hold, without the role any more, or
with a conflict of interest. Judged from rows, so that it does not matter when and by whom it was brought about.
"""

from uuid import UUID

from shared.kernel.vocabulary import LeftOut
from shared.persistence.transaction import Transaction

# `o`: an offer or an assignment; `i`: its interrupter; `d`: its dispatch.
_CONFLICTED = """EXISTS (
    SELECT FROM conflicts_of_interest c WHERE c.interrupter_id = o.interrupter_id AND c.ended_at IS NULL
    AND c.expires_at > app_now() AND (c.incident_id = o.incident_id OR c.community = d.community))"""
UNFIT = f"(NOT i.active OR i.held OR o.role <> ALL (i.roles) OR {_CONFLICTED})"
_WHY = f"""
SELECT NOT i.active AS inactive, i.held AS safety_hold, o.role <> ALL (i.roles) AS without_role,
       {_CONFLICTED} AS conflict_of_interest
FROM offers o JOIN interrupters i ON i.id = o.interrupter_id JOIN dispatches d USING (incident_id)
WHERE o.id = :offer_id
"""  # noqa: S608 - a constant condition


async def why_unfit(tx: Transaction, offer_id: UUID) -> tuple[LeftOut, ...]:
    """Nothing, for whoever may have what the offer asks."""
    return tuple(LeftOut(name) for name, holds in (await tx.row(_WHY, offer_id=offer_id)).items() if holds)
