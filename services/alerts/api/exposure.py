"""`/v1/interrupters/{id}/exposure`: what somebody has seen lately, for them, their supervisors and the office."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.alerts.api.viewers import viewer_of
from services.alerts.domain.visibility import may_know_exposure
from services.alerts.queries.exposure import exposures, rest_suggestions
from services.alerts.queries.policies import policy_in_force
from services.alerts.queries.workers import visible_interrupter, whose
from services.alerts.responder_terms import exposure_terms_of
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import DispatchRole, IncidentKind
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/interrupters", tags=["interrupters"], route_class=StrictRoute)
Reader = Annotated[Principal, allow(Role.INTERRUPTER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]


class Exposure(BaseModel):
    """On scene where somebody was hurt, as the incident is known now."""

    assignment_id: UUID
    incident_id: UUID
    role: DispatchRole
    on_scene_at: datetime
    kind: IncidentKind
    injured: int | None
    killed: int | None


class RestSuggestion(BaseModel):
    """`supervisors_told`: to how many of their phones it went."""

    at: datetime
    exposures: int
    supervisors_told: int


class ExposureRecord(BaseModel):
    """Of the last `window_s`; a rest is suggested after every `threshold`. Nobody is left out of anything by it."""

    interrupter_id: UUID
    window_s: float
    threshold: int
    exposures: list[Exposure]
    rest_suggested: list[RestSuggestion]


@router.get("/{interrupter_id}/exposure")
async def show(interrupter_id: UUID, caller: Reader, db: Db) -> ExposureRecord:
    viewer = viewer_of(caller)
    async with db.transaction() as tx:
        person = await visible_interrupter(tx, viewer, interrupter_id)
        if not may_know_exposure(viewer, whose(person)):
            raise NotFound("no such interrupter")
        policy = await policy_in_force(tx)
        sees = viewer.sees_restricted or viewer.worker == interrupter_id
        terms = exposure_terms_of(policy["body"] if policy else {})
        return ExposureRecord(
            interrupter_id=interrupter_id,
            window_s=terms.window.total_seconds(),
            threshold=terms.threshold,
            exposures=[Exposure(**row) for row in await exposures(tx, interrupter_id, terms.window, restricted=sees)],
            rest_suggested=[RestSuggestion(**row) for row in await rest_suggestions(tx, interrupter_id, terms.window)],
        )
