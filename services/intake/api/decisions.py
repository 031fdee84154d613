"""What dispatchers and supervisors decide about an incident. A transition its state does not admit is refused with 409
and the state it is in.
"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.parameters import Dispatcher, InForceNow, decider
from services.intake.usecases.activate_incident import activate_incident
from services.intake.usecases.close_incident import close_incident
from services.intake.usecases.reopen_incident import reopen_incident
from services.intake.usecases.screen_out_incident import routed, screen_out_incident
from services.intake.usecases.verify_incident import verify_incident
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.vocabulary import ScreenedOutReason
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])


class Nothing(BaseModel):
    """The decision is the route; a body, if one is sent, is an empty object."""

    model_config = ConfigDict(extra="forbid")


class ScreenOut(BaseModel):
    """`route`: where it goes instead, one of the programme's; needed for `out_of_scope` and for nothing else."""

    model_config = ConfigDict(extra="forbid")

    reason: ScreenedOutReason
    route: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")] | None = None


class ScreenedOut(IncidentSnapshot):
    """`tell_the_caller`: what to say to whoever reported it, where it goes to another door."""

    tell_the_caller: str | None


class Reopen(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Literal["decided_wrongly", "new_information", "response_goes_on", "other"]


@router.post("/v1/incidents/{incident_id}/verify")
async def verify(incident_id: UUID, principal: Dispatcher, db: Db, _: Nothing | None = None) -> IncidentSnapshot:
    """A person has confirmed that it happened."""
    async with db.transaction() as tx:
        return await verify_incident(tx, incident_id, decider(principal))


@router.post("/v1/incidents/{incident_id}/activate")
async def activate(incident_id: UUID, principal: Dispatcher, db: Db, _: Nothing | None = None) -> IncidentSnapshot:
    """The programme responds. Refused for what happened too long ago: nobody is paged for an old crime."""
    async with db.transaction() as tx:
        return await activate_incident(tx, incident_id, decider(principal))


@router.post("/v1/incidents/{incident_id}/screen-out")
async def screen_out(
    incident_id: UUID, said: ScreenOut, principal: Dispatcher, db: Db, in_force: InForceNow
) -> ScreenedOut:
    """It is not the programme's, did not happen, or is another incident."""
    route = routed(said.reason, said.route, in_force.routes())
    async with db.transaction() as tx:
        incident = await screen_out_incident(tx, incident_id, said.reason, route, decider(principal, said.reason))
    return ScreenedOut(**dict(incident), tell_the_caller=in_force.text_for_caller(incident))


@router.post("/v1/incidents/{incident_id}/reopen")
async def reopen(
    incident_id: UUID, said: Reopen, principal: Dispatcher, db: Db, in_force: InForceNow
) -> IncidentSnapshot:
    """What was screened out or closed goes on as what it was. Nobody is paged for an old crime."""
    async with db.transaction() as tx:
        return await reopen_incident(tx, incident_id, decider(principal, said.reason), in_force)


@router.post("/v1/incidents/{incident_id}/close")
async def close(incident_id: UUID, principal: Dispatcher, db: Db, _: Nothing | None = None) -> IncidentSnapshot:
    """The response is over."""
    async with db.transaction() as tx:
        return await close_incident(tx, incident_id, decider(principal))
