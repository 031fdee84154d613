"""`/v1/participants`: opaque references. Nothing personal is taken, and a body that brings it is refused."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.casework.api.callers import Caseworker, caller_of
from services.casework.api.forms import Body, CommunitySlug
from services.casework.domain.visibility import Caller
from services.casework.queries.participants import visible_participant
from services.casework.usecases.register_participant import register_participant
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/participants", tags=["participants"], route_class=StrictRoute)


class NewParticipantBody(Body):
    community: CommunitySlug | None = None


class ParticipantView(BaseModel):
    participant_id: UUID
    community: str | None
    registered_at: datetime


@router.post("", status_code=201, response_model=ParticipantView)
async def register(body: NewParticipantBody, principal: Caseworker, once: Idempotent) -> JSONResponse:
    caller = caller_of(principal)

    async def produce(tx: Transaction) -> tuple[int, BaseModel]:
        return 201, await _shown(tx, caller, await register_participant(tx, caller, body.community))

    return await once.run(principal, produce)


@router.get("/{participant_id}")
async def read(participant_id: UUID, principal: Caseworker, db: Db) -> ParticipantView:
    caller = caller_of(principal)
    async with db.transaction() as tx:
        return await _shown(tx, caller, participant_id)


async def _shown(tx: Transaction, caller: Caller, participant_id: UUID) -> ParticipantView:
    row = await visible_participant(tx, caller, participant_id)
    if row is None:
        raise NotFound("There is no such participant.")
    return ParticipantView(participant_id=row.participant_id, community=row.community, registered_at=row.registered_at)
