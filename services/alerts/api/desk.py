"""What a person at the desk does with a dispatch, and with the time of a question, each with a reason code.

No text is taken: what is said about people belongs to casework. Repeating one of them changes nothing.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.alerts.api.seen import allow_seen
from services.alerts.domain.answering import Asking, may_answer
from services.alerts.domain.override import Desk
from services.alerts.queries.offers import who_was_asked
from services.alerts.usecases.dispatching.extend_offer import extend_offer
from services.alerts.usecases.dispatching.hand_back import hand_back_dispatch
from services.alerts.usecases.dispatching.stand_down import stand_down_by_desk
from services.alerts.usecases.dispatching.take_over import take_over_dispatch
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see
from shared.contracts.dispatch_snapshot import DispatchSnapshot
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import Decider, DeskReason, OfferState
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1", route_class=StrictRoute)
Decides = Annotated[Principal, allow_seen(Role.DISPATCHER, Role.SUPERVISOR)]
Dispatcher = Annotated[Principal, allow_seen(Role.DISPATCHER)]


class BecauseIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: DeskReason


class ExtendIn(BecauseIn):
    """`accept_by`: the new deadline, later than the present one and within an hour from now."""

    accept_by: AwareDatetime


class ExtendedOut(BaseModel):
    offer_id: UUID
    state: OfferState
    acknowledge_by: AwareDatetime
    accept_by: AwareDatetime


@router.post("/dispatches/{incident_id}/take-over", tags=["dispatches"])
async def take_over(incident_id: UUID, body: BecauseIn, db: Db, caller: Decides) -> DispatchSnapshot:
    """I find somebody: nobody more is asked or paged until it is handed back, everybody is found, or time is over."""
    async with db.transaction() as tx:
        return (await take_over_dispatch(tx, incident_id, body.reason, desk_of(caller))).snapshot()


@router.post("/dispatches/{incident_id}/hand-back", tags=["dispatches"])
async def hand_back(incident_id: UUID, body: BecauseIn, db: Db, caller: Decides) -> DispatchSnapshot:
    """Asking and paging go on."""
    async with db.transaction() as tx:
        return (await hand_back_dispatch(tx, incident_id, body.reason, desk_of(caller))).snapshot()


@router.post("/dispatches/{incident_id}/stand-down", tags=["dispatches"])
async def stand_down(incident_id: UUID, body: BecauseIn, db: Db, caller: Dispatcher) -> DispatchSnapshot:
    """The response ends: whoever is asked or on the way is told. The incident stays what it is."""
    async with db.transaction() as tx:
        return (await stand_down_by_desk(tx, incident_id, body.reason, desk_of(caller))).snapshot()


@router.post("/offers/{offer_id}/extend", tags=["offers"])
async def extend(offer_id: UUID, body: ExtendIn, db: Db, caller: Decides) -> ExtendedOut:
    """More time for the person asked; a supervisor for the own organization's people."""
    async with db.transaction() as tx:
        asked, desk = await who_was_asked(tx, offer_id), desk_of(caller)
        is_dispatcher, sees = desk.office is Decider.DISPATCHER, may_see(caller, restricted=True)
        asking = Asking(None, desk.organization, is_dispatcher=is_dispatcher, sees_restricted=sees)
        if asked is None or not may_answer(asking, asked):
            raise NotFound("no such offer")
        row = await extend_offer(tx, offer_id, body.accept_by, body.reason, desk)
    return ExtendedOut(
        offer_id=row.id, state=OfferState(row.state), acknowledge_by=row.acknowledge_by, accept_by=row.accept_by
    )


def desk_of(caller: Principal) -> Desk:
    office = Decider.DISPATCHER if caller.has(Role.DISPATCHER) else Decider.SUPERVISOR
    return Desk(caller.subject, office, caller.organization)
