"""Pages to supervisors and the duty dispatcher: what is open, and that somebody has it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.alerts.domain.pages import PageKind
from services.alerts.queries.restricted import IS_RESTRICTED
from services.alerts.usecases.paging.settle_page import acknowledge_page
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see
from shared.kernel.vocabulary import DispatchRole
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/pages", tags=["pages"], route_class=StrictRoute)
Desk = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR)]
_LIST = f"""
SELECT p.id AS page_id, p.kind, p.state, p.round, p.raised_at, p.next_action_at, p.settled_at, p.settled_by,
       CASE WHEN k.is_kept THEN 'restricted' ELSE p.subject END AS subject,
       CASE WHEN NOT k.is_kept THEN p.roles END AS roles,
       CASE WHEN k.is_kept THEN NULL ELSE p.incident_id END AS incident_id
FROM pages p LEFT JOIN dispatches d ON d.incident_id = p.incident_id
CROSS JOIN LATERAL (SELECT NOT :sees AND d.incident_id IS NOT NULL AND {IS_RESTRICTED} AS is_kept) k
WHERE p.state = :state ORDER BY p.raised_at DESC LIMIT 200
"""  # noqa: S608 - a constant


class PageOut(BaseModel):
    """`roles`: those that nobody is left for. `round`: how often it was sent. `next_action_at`: when it is
    sent again if nobody acknowledges.

    About a restricted incident a desk that may not see it is told that somebody must act, and not about what.
    """

    page_id: UUID
    kind: PageKind
    subject: str
    incident_id: UUID | None
    roles: list[DispatchRole] | None
    state: Literal["open", "acknowledged", "cleared"]
    round: int
    raised_at: datetime
    next_action_at: datetime | None
    settled_at: datetime | None
    settled_by: str | None


@router.get("")
async def list_pages(
    db: Db, caller: Desk, state: Annotated[Literal["open", "acknowledged", "cleared"], Query()] = "open"
) -> list[PageOut]:
    """The newest 200 in a state."""
    async with db.transaction() as tx:
        rows = await tx.rows(_LIST, state=state, sees=may_see(caller, restricted=True))
        return [PageOut(**row) for row in rows]


@router.post("/{page_id}/acknowledge", status_code=204)
async def acknowledge(page_id: UUID, db: Db, caller: Desk) -> None:
    """I have it: it is not sent again."""
    async with db.transaction() as tx:
        await acknowledge_page(tx, page_id, by=caller.subject)
