"""Pages to supervisors and the duty dispatcher: what is open, and that somebody has it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.alerts.usecases.settle_page import acknowledge_page
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/pages", tags=["pages"], route_class=StrictRoute)
Desk = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR)]
_LIST = """
SELECT id AS page_id, kind, subject, incident_id, state, round, raised_at, next_action_at, settled_at, settled_by
FROM pages WHERE state = :state ORDER BY raised_at DESC LIMIT 200
"""


class PageOut(BaseModel):
    """`round`: how often it was sent. `next_action_at`: when it is sent again if nobody acknowledges."""

    page_id: UUID
    kind: Literal["exhausted", "alarm", "welfare", "escalated", "not_on_scene", "triage_overdue"]
    subject: str
    incident_id: UUID | None
    state: Literal["open", "acknowledged", "cleared"]
    round: int
    raised_at: datetime
    next_action_at: datetime | None
    settled_at: datetime | None
    settled_by: str | None


@router.get("")
async def list_pages(
    db: Db, _: Desk, state: Annotated[Literal["open", "acknowledged", "cleared"], Query()] = "open"
) -> list[PageOut]:
    """The newest 200 in a state."""
    async with db.transaction() as tx:
        return [PageOut(**row) for row in await tx.rows(_LIST, state=state)]


@router.post("/{page_id}/acknowledge", status_code=204)
async def acknowledge(page_id: UUID, db: Db, caller: Desk) -> None:
    """I have it: it is not sent again."""
    async with db.transaction() as tx:
        await acknowledge_page(tx, page_id, by=caller.subject)
