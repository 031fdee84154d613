"""`POST /v1/reports:batch`: up to 500 reports at once, from a feed that catches up or an office with a list."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.many_reports import ManyAnswer, ManyReportsNow, refused
from shared.kernel.errors import FieldError, Invalid
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["reports"])

PATH = "/v1/reports:batch"
MAX_REPORTS = 500
MOST_ANSWERED = 10_000
MAX_BYTES = 1024 * 1024
_BEYOND = Invalid(FieldError("", f"comes after {MAX_REPORTS} others: send it again in another request"))


class Batch(BaseModel):
    """`reports`: each the body of `POST /v1/reports`, with a `source_ref`. The first 500 are taken."""

    model_config = ConfigDict(extra="forbid")

    reports: Annotated[list[Any], Field(min_length=1, max_length=MOST_ANSWERED)]


@router.post(PATH)
async def post_batch(batch: Batch, many: ManyReportsNow) -> ManyAnswer:
    """200 with an answer for each, in order, whatever became of them; a status of 201 is a report that was taken.

    The first 500 are taken, each further one is refused by itself; more than 10,000, or than 1 MiB, are refused whole.
    Sending the same again adds nothing; no Idempotency-Key is needed.
    """
    answer = await many.take(enumerate(batch.reports[:MAX_REPORTS]))
    one = refused(MAX_REPORTS, _BEYOND)
    beyond = [one.model_copy(update={"index": index}) for index in range(MAX_REPORTS, len(batch.reports))]
    return ManyAnswer(taken=answer.taken, refused=answer.refused + len(beyond), results=[*answer.results, *beyond])
