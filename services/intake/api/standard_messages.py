"""Doors for messages that other systems send by themselves: EIDO, CAP, and bursts of gunshot detections.

Each message is translated (`feeds/`) and what comes of it is taken as the reports of a batch are: 200 with an answer
for each part, or, where nothing of it could be taken, the problem of its first part. Sending it again adds nothing.
What is wrong with a report is said of the element of the message that it came from.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.many_reports import ManyAnswer, ManyReportsNow
from services.intake.feeds.cap import read_cap
from services.intake.feeds.eido import Read, read_eido
from services.intake.feeds.gunshots import MOST_DETECTIONS, read_gunshots
from services.intake.feeds.reading import Chained, Unusable
from shared.kernel.vocabulary import TimePrecision
from shared.web.problems import TYPE_PREFIX, respond
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["reports"])

GUNSHOTS = "/v1/reports/gunshots"
MAX_GUNSHOTS_BYTES = 256 * 1024
_HOUR = TimePrecision.HOUR
_XML = {"requestBody": {"required": True, "content": {"application/cap+xml": {"schema": {"type": "string"}}}}}


class Detections(BaseModel):
    """`detections`: each `{"at", "lat", "lon"}` and, where known, `id`, `accuracy_m` (25 m if not) and `exercise`."""

    model_config = ConfigDict(extra="forbid")

    detections: Annotated[list[Any], Field(min_length=1, max_length=MOST_DETECTIONS)]


@router.post("/v1/reports/eidos", response_model=ManyAnswer)
async def post_eido(document: Annotated[Any, Body()], many: ManyReportsNow) -> JSONResponse:
    """A NENA Emergency Incident Data Object: each of its incidents is a report."""
    read = read_eido(document)
    return told(_of_message(await many.take(enumerate(read)), lambda index: _eido_elements(index, read[index])))


@router.post("/v1/reports/cap-alerts", response_model=ManyAnswer, openapi_extra=_XML)
async def post_cap(request: Request, many: ManyReportsNow) -> JSONResponse:
    """An OASIS CAP 1.2 alert or update is a report; a cancel is put before a dispatcher."""
    read = read_cap(await request.body())
    return told(_of_message(await many.take([(0, read)]), lambda _: _cap_elements(read)))


@router.post(GUNSHOTS, response_model=ManyAnswer)
async def post_gunshots(said: Detections, many: ManyReportsNow) -> JSONResponse:
    """Up to 1,000 detections: each burst of them is a report."""
    return told(await many.take(read_gunshots(said.detections)))


def _of_message(answer: ManyAnswer, elements: Callable[[int], Mapping[str, str]]) -> ManyAnswer:
    """`elements`: of each part by the fields of the report that was made of it."""
    for one in answer.results:
        names = elements(one.index)
        for fault in one.errors or ():
            fault.pointer = names.get(fault.pointer.removeprefix("/").partition("/")[0], fault.pointer)
    return answer


def _cap_elements(read: Chained | Unusable) -> Mapping[str, str]:
    told_at = {"occurred_at": "/alert/info/onset"}
    if isinstance(read, Chained) and isinstance(read.said, dict) and read.said["occurred_precision"] is _HOUR:
        was_sent = read.said["occurred_at"] == read.said["reported_at"]
        told_at = {"occurred_at": "/alert/sent" if was_sent else "/alert/info/effective"}
    return told_at | {
        "source_ref": "/alert/references",
        "reported_at": "/alert/sent",
        "location": "/alert/info/area",
        "exercise": "/alert/status",
    }


def _eido_elements(index: int, read: Read) -> Mapping[str, str]:
    incident = f"/incidentComponent/{index}"
    is_updated = isinstance(read, dict) and read["occurred_precision"] is _HOUR
    time = f"{incident}/lastUpdateTimeStamp" if is_updated else "/callComponent"
    return {
        "source_ref": f"{incident}/incidentTrackingIdentifier",
        "occurred_at": time,
        "reported_at": time,
        "location": "/locationComponent",
        "exercise": "/callComponent",
    }


def told(answer: ManyAnswer) -> JSONResponse:
    """For whoever sent one message and looks at the status of the answer."""
    first = answer.results[0]
    if answer.taken:
        return JSONResponse(answer.model_dump(mode="json", exclude_none=True))
    extra = {} if first.errors is None else {"errors": [one.model_dump() for one in first.errors]}
    headers = {} if first.retry_after_s is None else {"Retry-After": str(first.retry_after_s)}
    slug = (first.type or "").removeprefix(TYPE_PREFIX)
    return respond(first.status, slug, first.detail or "", headers=headers, **extra)
