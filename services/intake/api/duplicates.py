"""What a dispatcher decides about incidents that may be one event, each with the code of why."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.parameters import Dispatcher, InForceNow, decider
from services.intake.queries.incidents import NO_SUCH_INCIDENT, is_for_all
from services.intake.usecases.deny_duplicate import deny_duplicate
from services.intake.usecases.merge_incidents import merge_incidents
from services.intake.usecases.split_incident import split_incident
from shared.auth.principal import Principal
from shared.auth.restricted import may_see
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Transaction
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])

MAX_SPLIT_OFF = 1_500
"""As many as a body of 64 KiB holds: a merge is undone only by naming all the reports of the merged one."""


class NotDuplicate(BaseModel):
    """`other_id`: the incident that it was taken for."""

    model_config = ConfigDict(extra="forbid")

    other_id: UUID
    reason: Literal["other_time", "other_place", "other_people", "told_apart_by_source", "other"]


class Merge(BaseModel):
    """`into`: the incident that goes on."""

    model_config = ConfigDict(extra="forbid")

    into: UUID
    reason: Literal["same_event", "same_victim", "told_by_source", "other"]


class Split(BaseModel):
    """`reports`: those that tell of another event; all of a merged incident's bring it back as it was."""

    model_config = ConfigDict(extra="forbid")

    reports: Annotated[list[UUID], Field(min_length=1, max_length=MAX_SPLIT_OFF)]
    reason: Literal["other_time", "other_place", "other_people", "merged_wrongly", "attached_wrongly", "other"]


class SplitAnswer(BaseModel):
    """`incident` is what remains, `split_off` the new incident, or the one that was brought back."""

    incident: IncidentSnapshot
    split_off: IncidentSnapshot


@router.post("/v1/incidents/{incident_id}/merge")
async def merge(
    incident_id: UUID, said: Merge, principal: Dispatcher, db: Db, in_force: InForceNow
) -> IncidentSnapshot:
    """It is the same event as another, which goes on with its reports and its response, and is answered."""
    async with db.transaction() as tx:
        await _refuse_unseen(tx, principal, said.into)
        return await merge_incidents(tx, incident_id, said.into, decider(principal, said.reason), in_force)


@router.post("/v1/incidents/{incident_id}/split")
async def split(incident_id: UUID, said: Split, principal: Dispatcher, db: Db, in_force: InForceNow) -> SplitAnswer:
    """Some of its reports tell of another event. Undoes a merge, and what was attached by mistake."""
    decided = decider(principal, said.reason)
    async with db.transaction() as tx:
        remains, split_off = await split_incident(tx, incident_id, set(said.reports), decided, in_force)
    return SplitAnswer(incident=remains, split_off=split_off)


@router.post("/v1/incidents/{incident_id}/not-duplicate", status_code=204)
async def not_duplicate(incident_id: UUID, said: NotDuplicate, principal: Dispatcher, db: Db) -> Response:
    """They are two events, and neither is put before anybody as the other's duplicate any more."""
    async with db.transaction() as tx:
        await _refuse_unseen(tx, principal, said.other_id)
        await deny_duplicate(tx, incident_id, said.other_id, decider(principal, said.reason))
    return Response(status_code=204)


async def _refuse_unseen(tx: Transaction, principal: Principal, other_id: UUID) -> None:
    """The incident in the path is guarded; one in the body is to be as unknown to whoever may not see it."""
    if not may_see(principal, restricted=True) and not await is_for_all(tx, other_id):
        raise NotFound(NO_SUCH_INCIDENT)
