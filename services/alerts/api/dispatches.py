"""Dispatches: what is being done about an incident, and why it was done so."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from services.alerts.api.seen import allow_seen
from services.alerts.api.viewers import viewer_of
from services.alerts.queries.dispatches import find_dispatch
from services.alerts.queries.explain import Explanation, explain
from services.alerts.queries.replay import Replay, replay
from services.alerts.queries.restricted import NO_SUCH_DISPATCH
from shared.auth.principal import Principal, Role
from shared.contracts.dispatch_snapshot import DispatchSnapshot
from shared.kernel.errors import NotFound
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/dispatches", tags=["dispatches"], route_class=StrictRoute)
Desk = Annotated[Principal, allow_seen(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.AUDITOR, Role.ADMIN)]


@router.get("/{incident_id}")
async def read_dispatch(incident_id: UUID, db: Db, _: Desk) -> DispatchSnapshot:
    """The dispatch with its offers and assignments, as its last event carried it."""
    async with db.transaction() as tx:
        dispatch = await find_dispatch(tx, incident_id)
        if dispatch is None:
            raise NotFound(NO_SUCH_DISPATCH)
        return dispatch.snapshot()


@router.get("/{incident_id}/explain")
async def explain_dispatch(incident_id: UUID, db: Db, caller: Desk) -> Explanation:
    """Each decision with everyone considered: who was asked in what order, and why the others were not."""
    async with db.transaction() as tx:
        dispatch = await find_dispatch(tx, incident_id)
        if dispatch is None:
            raise NotFound(NO_SUCH_DISPATCH)
        return await explain(tx, dispatch, viewer_of(caller))


@router.get("/{incident_id}/replay")
async def replay_dispatch(incident_id: UUID, db: Db, caller: Desk) -> Replay:
    """Each decision made again from what it was made from: whether it comes out as it was written down."""
    async with db.transaction() as tx:
        dispatch = await find_dispatch(tx, incident_id)
        if dispatch is None:
            raise NotFound(NO_SUCH_DISPATCH)
        return await replay(tx, dispatch, viewer_of(caller))
