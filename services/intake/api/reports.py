"""`POST /v1/reports`: the one door through which every report comes in, from feeds, desks and people alike."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.intake.api.incident_views import IncidentStateShown
from services.intake.api.parameters import STAFF, InForceNow
from services.intake.api.report_body import ReportSaid
from services.intake.api.speaking import SpeakingNow
from services.intake.current_programme import InForce
from services.intake.usecases.take_report import take_report
from services.intake.usecases.taken import Disposition, Taken
from shared.auth.principal import Principal
from shared.auth.restricted import may_see
from shared.contracts.events.incidents import IncidentSnapshot
from shared.persistence.transaction import Transaction
from shared.web.idempotency import Idempotent
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["reports"])


class ReportAnswer(BaseModel):
    """`tell_the_caller`: what to say to somebody whose report belongs to others, where it does.

    `incident` is null where it is restricted and the caller may not see it, though the report was taken; of an incident
    that another source opened, a machine is told the state alone. `possible_duplicate_of`: incidents that it may be the
    same as; a person decides.
    """

    report_id: UUID
    incident_id: UUID
    disposition: Disposition
    incident: IncidentSnapshot | IncidentStateShown | None
    tell_the_caller: str | None = None
    possible_duplicate_of: tuple[UUID, ...] = ()


@router.post("/v1/reports", status_code=201, response_model=ReportAnswer)
async def post_report(
    said: ReportSaid, speaking: SpeakingNow, once: Idempotent, in_force: InForceNow, request: Request
) -> JSONResponse:
    """Take one report. The same `source_ref` of the same source attaches to its incident instead of opening another."""
    once.require_key(speaking.principal)
    report = speaking.report(said, await request.body())

    async def produce(tx: Transaction) -> tuple[int, BaseModel]:
        await speaking.register_if_new(tx)
        taken = await take_report(tx, report, in_force)
        return 201, _answer(taken, in_force, speaking.principal)

    return await once.run(speaking.principal, produce)


def _answer(taken: Taken, in_force: InForce, principal: Principal) -> ReportAnswer:
    incident, alike = taken.incident, [one.known for one in taken.possible_duplicates]
    return ReportAnswer(
        report_id=taken.report_id,
        incident_id=incident.incident_id,
        disposition=taken.disposition,
        incident=_seen(taken, principal),
        tell_the_caller=in_force.text_for_caller(incident),
        possible_duplicate_of=tuple(one.incident_id for one in alike if may_see(principal, restricted=one.restricted)),
    )


def _seen(taken: Taken, principal: Principal) -> IncidentSnapshot | IncidentStateShown | None:
    incident = taken.incident
    if not may_see(principal, restricted=incident.restricted):
        return None
    if taken.others and not principal.has(*STAFF):
        return IncidentStateShown(incident_id=incident.incident_id, state=incident.state)
    return incident
