"""What dispatchers and supervisors correct about an incident, each with the code of why. It keeps its state; what is
kept of a correction says who, why, before and after.
"""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.intake.api.parameters import Dispatcher, InForceNow, decider
from services.intake.api.report_body import Fact
from services.intake.usecases.mark_rumour import mark_rumour
from shared.contracts.events.incidents import IncidentSnapshot
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])


class Correction(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Rumour(Correction):
    """`rumour`: whether from now on it may be talk and nothing more."""

    rumour: Fact
    reason: Literal["hearsay", "social_media", "contradicted", "found_true", "entered_wrongly", "other"]


@router.post("/v1/incidents/{incident_id}/rumour")
async def rumour(
    incident_id: UUID, said: Rumour, principal: Dispatcher, db: Db, in_force: InForceNow
) -> IncidentSnapshot:
    """It may be talk and nothing more, or is not: as long as it may be, policy activates nothing."""
    decided = decider(principal, said.reason)
    async with db.transaction() as tx:
        return await mark_rumour(tx, incident_id, rumour=said.rumour, decider=decided, in_force=in_force)
