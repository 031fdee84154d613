"""What sources take back of their reports: said by them, and answered by a dispatcher who lets the incident go on."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from services.intake.api.decisions import Nothing
from services.intake.api.many_reports import ManyAnswer, ManyReportsNow
from services.intake.api.parameters import Dispatcher
from services.intake.api.report_body import SourceRef
from services.intake.api.standard_messages import told
from services.intake.feeds.reading import Withdrawal
from services.intake.usecases.withdraw_report import uphold_incident
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["reports"])


class Withdraw(BaseModel):
    """`source_ref`: as the caller reported it."""

    model_config = ConfigDict(extra="forbid")

    source_ref: SourceRef


@router.post("/v1/reports:withdraw", response_model=ManyAnswer)
async def withdraw(said: Withdraw, many: ManyReportsNow) -> JSONResponse:
    """Nothing is ended by it: the incident is put before a dispatcher."""
    return told(await many.take([(0, Withdrawal(said.source_ref))]))


@router.post("/v1/incidents/{incident_id}/uphold", status_code=204)
async def uphold(incident_id: UUID, principal: Dispatcher, db: Db, _: Nothing | None = None) -> None:
    """It goes on, although a source took back what it reported. Else it is screened out or closed."""
    async with db.transaction() as tx:
        await uphold_incident(tx, incident_id, principal.subject)
