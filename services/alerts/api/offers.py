"""Offers: what an interrupter fetches and taps. Acting is always a POST."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.alerts.api.answering import discreet, refuse_strangers
from services.alerts.api.viewers import viewer_of
from services.alerts.queries.offers import offer_details, who_was_asked
from services.alerts.usecases.dispatching.answer_offer import accept_offer, acknowledge_offer, decline_offer
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotEligible
from shared.kernel.vocabulary import AssignmentState, DeclineReason, DispatchRole, IncidentKind, OfferState
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/offers", tags=["offers"], route_class=StrictRoute)
# Two dispatches may ask the same people in another order: one of them then begins again, and so does an answer.
_TRIES = 3
Responder = Annotated[Principal, allow(Role.INTERRUPTER, Role.DISPATCHER, Role.SUPERVISOR)]


class PlaceOut(BaseModel):
    lat: float
    lon: float
    accuracy_m: float | None = None


class OfferOut(BaseModel):
    """`place` is shown here, to the person asked, and in no message."""

    offer_id: UUID
    incident_id: UUID
    interrupter_id: UUID
    role: DispatchRole
    state: OfferState
    kind: IncidentKind
    occurred_at: datetime
    community: str | None
    distance_m: float
    place: PlaceOut
    stage_only: bool
    exercise: bool
    made_at: datetime
    acknowledge_by: datetime
    accept_by: datetime
    acknowledged_at: datetime | None
    settled_at: datetime | None
    decline_reason: DeclineReason | None
    assignment_id: UUID | None
    assignment_state: AssignmentState | None


class DeclineIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: DeclineReason


@router.get("/{offer_id}")
async def read_offer(offer_id: UUID, db: Db, caller: Responder) -> OfferOut:
    """All there is to know before answering."""
    async with db.transaction() as tx:
        refuse_strangers(caller, await who_was_asked(tx, offer_id))
        return await _present(tx, offer_id)


@router.post("/{offer_id}/acknowledge")
async def acknowledge(offer_id: UUID, db: Db, caller: Responder) -> OfferOut:
    """Seen. Repeating it changes nothing."""
    async with db.transaction() as tx:
        refuse_strangers(caller, await who_was_asked(tx, offer_id))
        await acknowledge_offer(tx, offer_id)
        return await _present(tx, offer_id)


@router.post("/{offer_id}/accept")
async def accept(offer_id: UUID, db: Db, caller: Responder) -> OfferOut:
    """I have it. 409 with the offer's state if somebody else has it or it has ended for good."""

    async def say_yes(tx: Transaction) -> OfferOut:
        whose = refuse_strangers(caller, await who_was_asked(tx, offer_id))
        try:
            await accept_offer(tx, offer_id)
        except NotEligible as refused:
            raise discreet(refused, viewer_of(caller), whose) from None
        return await _present(tx, offer_id)

    return await db.retrying(say_yes, tries=_TRIES)


@router.post("/{offer_id}/decline")
async def decline(offer_id: UUID, body: DeclineIn, db: Db, caller: Responder) -> OfferOut:
    """Not me: the next person is asked at once."""

    async def say_no(tx: Transaction) -> OfferOut:
        refuse_strangers(caller, await who_was_asked(tx, offer_id))
        await decline_offer(tx, offer_id, body.reason)
        return await _present(tx, offer_id)

    return await db.retrying(say_no, tries=_TRIES)


async def _present(tx: Transaction, offer_id: UUID) -> OfferOut:
    row = await offer_details(tx, offer_id)
    incident: dict[str, Any] = row["incident"]
    community = incident.get("community")
    return OfferOut(
        **{name: row[name] for name in OfferOut.model_fields if name in row},
        kind=incident["kind"],
        occurred_at=incident["occurred_at"],
        community=community["name"] if community else None,
        place=PlaceOut(**incident["place"]),
        stage_only=incident["active_threat"],
        exercise=incident["exercise"],
    )
