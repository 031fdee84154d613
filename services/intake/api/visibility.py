"""`POST /v1/incidents/{incident_id}/visibility`: who may see an incident from now on, wherever it is shown."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.intake.api.parameters import Lead
from services.intake.api.report_body import Fact
from services.intake.domain.visibility import VisibilityReason, is_a_reason
from services.intake.usecases.change_visibility import change_visibility
from services.intake.usecases.decided import Decider
from shared.auth.principal import Principal, Role
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.vocabulary import Decider as DecidedAs
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])


class Visibility(BaseModel):
    model_config = ConfigDict(extra="forbid")

    restricted: Fact
    reason: VisibilityReason


@router.post("/v1/incidents/{incident_id}/visibility")
async def change(incident_id: UUID, said: Visibility, principal: Lead, db: Db) -> IncidentSnapshot:
    """Restricted: supervisors, the program office and auditors see it, and nobody else is shown it."""
    if not is_a_reason(said.reason, restricted=said.restricted):
        raise Invalid(FieldError("/reason", "is none for that"))
    decider = Decider(principal.subject, _office(principal), said.reason)
    async with db.transaction() as tx:
        return await change_visibility(tx, incident_id, decider, restricted=said.restricted)


def _office(principal: Principal) -> DecidedAs | Literal["program_office"]:
    return DecidedAs.SUPERVISOR if principal.has(Role.SUPERVISOR) else "program_office"
