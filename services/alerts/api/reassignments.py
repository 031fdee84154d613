"""`POST /v1/dispatches/{incident_id}/reassign`: the desk gives somebody a role by hand, and says why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from services.alerts.api.answering import discreet
from services.alerts.api.assignments import AssignmentOut
from services.alerts.api.desk import desk_of
from services.alerts.api.seen import allow_seen
from services.alerts.api.viewers import viewer_of
from services.alerts.domain.override import Override
from services.alerts.queries.workers import whose_are
from services.alerts.usecases.responding.reassign_role import reassign_role
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotEligible
from shared.kernel.vocabulary import DispatchRole, LeftOut, OverrideReason
from shared.persistence.transaction import Transaction
from shared.web.idempotency import Idempotent
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/dispatches", tags=["dispatches"], route_class=StrictRoute)
Decides = Annotated[Principal, allow_seen(Role.DISPATCHER, Role.SUPERVISOR)]


class ReassignIn(BaseModel):
    """`instead_of`: whom to relieve; needed only where several people have the role. Named, it is also a guard: 409 if
    that person does not have the role any more. `despite`: rules to be set aside; the refusal says which.
    """

    model_config = ConfigDict(extra="forbid")

    role: DispatchRole
    interrupter_id: UUID
    instead_of: UUID | None = None
    reason: OverrideReason
    despite: frozenset[LeftOut] = frozenset()

    def wish(self) -> Override:
        return Override(self.role, self.interrupter_id, self.instead_of, self.reason, self.despite)


@router.post("/{incident_id}/reassign", status_code=201, response_model=AssignmentOut)
async def reassign(incident_id: UUID, body: ReassignIn, caller: Decides, once: Idempotent) -> JSONResponse:
    """200 if that person has the role already. A supervisor decides about the own organization's people alone."""
    desk = desk_of(caller)

    async def produce(tx: Transaction) -> tuple[int, AssignmentOut]:
        try:
            row, is_new = await reassign_role(tx, incident_id, body.wish(), desk)
        except NotEligible as refused:
            [whose] = (await whose_are(tx, [body.interrupter_id])).values()
            raise discreet(refused, viewer_of(caller), whose) from None
        return (201 if is_new else 200), AssignmentOut.of(row)

    return await once.run(caller, produce)
