"""`GET /v1/incidents/stream`: the list live. Each change of an incident is told with its line as it is then.

Open the stream first, then read the list: what changes in between comes. The same people see it as see the list:
what becomes restricted is told to the others as `gone`, once and without more, and from then on it is not told to
them, nor what happened to it before to those who resume from there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import col, select

from services.intake.api.incident_views import IncidentListed, listed
from services.intake.api.parameters import Office
from services.intake.queries.incidents import read_responses
from services.intake.tables import IncidentRow
from shared.messaging.feed import GONE, Change
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.web.live.event_stream import EventStream
from shared.web.live.feed import LiveFeed, Telling
from shared.web.live.keeping import Gone, Standing, Standings
from shared.web.live.routes import LastEventId, described, live
from shared.web.strict_json import StrictRoute

# Announced by the database itself with every event of an incident: see the migration.
INCIDENTS = "incidents"
router = APIRouter(route_class=StrictRoute, tags=["incidents"])


class IncidentChanged(BaseModel):
    """The data of an event `incident`. `change`: the last word but one of the event's type, such as `verified`."""

    change: str
    at: datetime
    incident: IncidentListed


@dataclass(frozen=True, slots=True)
class Judged:
    standing: Standing
    change: str
    exercise: bool


Feed = Annotated[LiveFeed[Judged], live(INCIDENTS)]
Wants = Callable[[Judged], bool]


async def _wants(principal: Office, exercise: Annotated[bool | None, Query()] = None) -> Wants:
    """Only what never changes narrows a stream: a line that leaves a list has to be told."""

    def judge(judged: Judged) -> bool:
        return exercise in {None, judged.exercise} and judged.standing.is_told(principal, judged.change)

    return judge


@router.get(
    "/v1/incidents/stream",
    status_code=200,
    response_class=EventStream,
    responses=described(
        "Server-sent events: `hello` and `reload` (read the list again), `incident`: IncidentChanged, `gone`: Gone"
    ),
)
async def stream_incidents(
    feed: Feed, wants: Annotated[Wants, Depends(_wants)], last_event_id: LastEventId = None
) -> Response:
    """With `Last-Event-ID`: everything since then, whichever process answers. Without: from now on."""
    return await feed.open(last_event_id, wants)


def incident_feed(db: Database) -> LiveFeed[Judged]:
    return LiveFeed(db, INCIDENTS, "incident", Teller().tell)


class Teller:
    def __init__(self) -> None:
        self._standings = Standings()

    async def tell(self, tx: Transaction, changes: Sequence[Change]) -> Sequence[Telling[Judged]]:
        ids = {UUID(change.subject) for change in changes}
        rows = {row.id: row for row in await tx.all(select(IncidentRow).where(col(IncidentRow.id).in_(ids)))}
        responses = await read_responses(tx, list(ids))
        lines = {one: listed(row, responses.get(one)) for one, row in rows.items()}
        return [self._telling(change, lines[UUID(change.subject)]) for change in changes]

    def _telling(self, change: Change, line: IncidentListed) -> Telling[Judged]:
        standing = self._standings.of(line.incident_id, version=line.version, restricted=line.restricted)
        judged = Judged(standing, change.change, line.exercise)
        if change.change == GONE:
            return Telling(Gone(incident_id=line.incident_id).model_dump_json(), judged, event=GONE)
        changed = IncidentChanged(change=change.change, at=change.at, incident=line)
        return Telling(changed.model_dump_json(), judged)
