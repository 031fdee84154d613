"""`POST /v1/reports`: the one door through which every report comes in, from feeds, desks and people alike."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.intake.api.parameters import in_force_now
from services.intake.api.report_answer import ReportAnswer, answer_of
from services.intake.api.report_body import ReportSaid
from services.intake.api.speaking import SpeakingNow
from services.intake.api.together import CREATED, Asked, together_of
from services.intake.usecases.take_report import take_report
from shared.observability.tracing import current_traceparent
from shared.persistence.transaction import Transaction
from shared.web.idempotency import Idempotent
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["reports"])


@router.post("/v1/reports", status_code=CREATED, response_model=ReportAnswer)
async def post_report(
    said: ReportSaid,
    speaking: SpeakingNow,
    once: Idempotent,
    request: Request,
) -> Response:
    """Take one report. The same `source_ref` of the same source attaches to its incident instead of opening another."""
    principal = speaking.principal
    in_force, together = await in_force_now(request), together_of(request)
    once.require_key(principal)
    report = speaking.report(said, await request.body())
    answer = await together.ask(Asked(speaking, report, in_force, once, once.scope(principal), current_traceparent()))
    if answer is not None:
        return answer

    async def produce(tx: Transaction) -> tuple[int, BaseModel]:
        await speaking.register_if_new(tx)
        return CREATED, answer_of(await take_report(tx, report, in_force), in_force, principal)

    return await once.run(principal, produce)
