"""What dispatchers and supervisors correct about an incident, each with the code of why. It keeps its state; what is
kept of a correction says who, why, before and after.
"""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from services.intake.api.parameters import Dispatcher, InForceNow, decider
from services.intake.api.report_body import Fact, LocationSaid, People
from services.intake.usecases.mark_rumour import mark_rumour
from services.intake.usecases.reclassify_incident import reclassify_incident
from services.intake.usecases.relocate_incident import relocate_incident
from services.intake.usecases.update_scene import update_scene
from shared.contracts.events.incidents import IncidentSnapshot, Place
from shared.kernel.vocabulary import IncidentKind, Relationship, SceneStatus, Weapon
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])


def _said(value: object) -> object:
    if value is None:
        raise ValueError("cannot be null: it has a code for what is not known, or is left out")
    return value


class Correction(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Reclassify(Correction):
    """Fields left out stay as they are; null makes a number or a yes or no unknown."""

    kind: Annotated[IncidentKind | None, BeforeValidator(_said)] = None
    weapon: Annotated[Weapon | None, BeforeValidator(_said)] = None
    relationship: Annotated[Relationship | None, BeforeValidator(_said)] = None
    killed: People | None = None
    injured: People | None = None
    juvenile_involved: Fact | None = None
    believed_group_related: Fact | None = None
    reason: Literal["victim_died", "medical_finding", "police_finding", "source_corrected", "entered_wrongly", "other"]

    @model_validator(mode="after")
    def _corrects_something(self) -> Self:
        if self.model_fields_set == {"reason"}:
            raise ValueError("says nothing that is to be corrected")
        return self


class Relocate(Correction):
    location: LocationSaid
    reason: Literal["address_known", "source_corrected", "geocoding_error", "seen_on_scene", "entered_wrongly", "other"]


class Scene(Correction):
    """`police_on_scene` says nothing of a threat: what is known of one stays until somebody says `clear`."""

    status: Literal[SceneStatus.ACTIVE_THREAT, SceneStatus.POLICE_ON_SCENE, SceneStatus.CLEAR]
    reason: Literal["told_from_scene", "police_report", "source_corrected", "entered_wrongly", "other"]


class Rumour(Correction):
    """`rumour`: whether from now on it may be talk and nothing more."""

    rumour: Fact
    reason: Literal["hearsay", "social_media", "contradicted", "found_true", "entered_wrongly", "other"]


@router.post("/v1/incidents/{incident_id}/reclassify")
async def reclassify(incident_id: UUID, said: Reclassify, principal: Dispatcher, db: Db) -> IncidentSnapshot:
    """It is of another kind than was thought, or its facts are."""
    corrected = said.model_dump(exclude_unset=True, exclude={"reason"})
    async with db.transaction() as tx:
        return await reclassify_incident(tx, incident_id, corrected, decider(principal, said.reason))


@router.post("/v1/incidents/{incident_id}/relocate")
async def relocate(
    incident_id: UUID, said: Relocate, principal: Dispatcher, db: Db, in_force: InForceNow
) -> IncidentSnapshot:
    """It happened elsewhere than was thought: its areas follow, and whoever is on the way is told."""
    place = Place(lat=said.location.lat, lon=said.location.lon, accuracy_m=said.location.accuracy_m)
    decided = decider(principal, said.reason)
    async with db.transaction() as tx:
        return await relocate_incident(tx, incident_id, place, decided, in_force)


@router.post("/v1/incidents/{incident_id}/scene")
async def scene(incident_id: UUID, said: Scene, principal: Dispatcher, db: Db) -> IncidentSnapshot:
    """How the scene is: whether whoever goes there stays near or goes in."""
    async with db.transaction() as tx:
        return await update_scene(tx, incident_id, said.status, decider(principal, said.reason))


@router.post("/v1/incidents/{incident_id}/rumour")
async def rumour(
    incident_id: UUID, said: Rumour, principal: Dispatcher, db: Db, in_force: InForceNow
) -> IncidentSnapshot:
    """It may be talk and nothing more, or is not: as long as it may be, policy activates nothing."""
    decided = decider(principal, said.reason)
    async with db.transaction() as tx:
        return await mark_rumour(tx, incident_id, rumour=said.rumour, decider=decided, in_force=in_force)
