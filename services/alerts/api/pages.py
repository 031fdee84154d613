"""Pages to supervisors and the duty dispatcher: what is open, and that somebody has it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.alerts.api.viewers import viewer_of
from services.alerts.domain.pages import PageKind
from services.alerts.queries.pages import PageReader, pages_in, sees_page
from services.alerts.usecases.paging.settle_page import acknowledge_page
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import DispatchRole
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/pages", tags=["pages"], route_class=StrictRoute)
Desk = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR)]


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
    """The newest 200 in a state. A supervisor's: those that are sent to that supervisor's phones."""
    async with db.transaction() as tx:
        return [PageOut(**row) for row in await pages_in(tx, _reader(caller), state)]


@router.post("/{page_id}/acknowledge", status_code=204)
async def acknowledge(page_id: UUID, db: Db, caller: Desk) -> None:
    """I have it: it is not sent again. Another's page is to a supervisor what an unknown one is."""
    async with db.transaction() as tx:
        if not await sees_page(tx, _reader(caller), page_id):
            raise NotFound("no such page")
        await acknowledge_page(tx, page_id, by=caller.subject)


def _reader(caller: Principal) -> PageReader:
    viewer = viewer_of(caller)
    return PageReader(viewer.dispatches, viewer.sees_restricted, viewer.supervises)
