"""`POST /v1/reports`: the one door through which every report comes in, from feeds, desks and people alike."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.intake.api.parameters import STAFF, InForceNow, Reporter
from services.intake.api.report_body import ReportSaid
from services.intake.current_programme import InForce
from services.intake.domain.sources import NotTheirs, UnknownSource, source_of
from services.intake.usecases.take_report import take_report
from services.intake.usecases.taken import Disposition, Taken
from shared.auth.principal import Principal
from shared.auth.restricted import may_see
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.errors import FieldError, Invalid, NotAllowed
from shared.kernel.vocabulary import SourceKind
from shared.persistence.transaction import Transaction
from shared.web.idempotency import Idempotent
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["reports"])


class ReportAnswer(BaseModel):
    """`tell_the_caller`: what to say to somebody whose report belongs to others, where it does.

    `incident` is null where it is restricted and the caller may not see it, though the report was taken.
    """

    report_id: UUID
    incident_id: UUID
    disposition: Disposition
    incident: IncidentSnapshot | None
    tell_the_caller: str | None = None


@router.post("/v1/reports", status_code=201, response_model=ReportAnswer)
async def post_report(
    said: ReportSaid, principal: Reporter, once: Idempotent, in_force: InForceNow, request: Request
) -> JSONResponse:
    """Take one report. The same `source_ref` of the same source attaches to its incident instead of opening another."""
    once.require_key(principal)
    _refuse_restricting(principal, said)
    report = said.by(principal.subject, _source(principal, said), await request.body())

    async def produce(tx: Transaction) -> tuple[int, BaseModel]:
        taken = await take_report(tx, report, in_force)
        return 201, _answer(taken, in_force, shown=may_see(principal, restricted=taken.incident.restricted))

    return await once.run(principal, produce)


def _refuse_restricting(principal: Principal, said: ReportSaid) -> None:
    if said.restricted and not principal.has(*STAFF):
        raise Invalid(FieldError("/restricted", "is for the programme's staff only"))


def _source(principal: Principal, said: ReportSaid) -> SourceKind:
    match source_of(principal.source_kind, said.on_behalf_of, staff=principal.has(*STAFF)):
        case UnknownSource():
            raise NotAllowed("This token does not say what kind of source it belongs to.")
        case NotTheirs():
            raise Invalid(FieldError("/on_behalf_of", "is for the programme's staff only"))
        case kind:
            return kind


def _answer(taken: Taken, in_force: InForce, *, shown: bool) -> ReportAnswer:
    return ReportAnswer(
        report_id=taken.report_id,
        incident_id=taken.incident.incident_id,
        disposition=taken.disposition,
        incident=taken.incident if shown else None,
        tell_the_caller=in_force.text_for_caller(taken.incident.route),
    )
