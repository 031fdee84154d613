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
from weakref import WeakValueDictionary

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel
from sqlmodel import col, select

from services.intake.api.incident_views import IncidentListed, listed
from services.intake.api.parameters import Office
from services.intake.queries.incidents import read_responses
from services.intake.tables import IncidentRow
from shared.auth.restricted import may_see
from shared.messaging.feed import Change
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.web.live.event_stream import EventStream
from shared.web.live.feed import LiveFeed, Telling
from shared.web.live.routes import LastEventId, described, live
from shared.web.strict_json import StrictRoute

# Announced by the database itself with every event of an incident: see the migration.
INCIDENTS = "incidents"
GONE = "gone"
router = APIRouter(route_class=StrictRoute, tags=["incidents"])


class IncidentChanged(BaseModel):
    """The data of an event `incident`. `change`: the last word but one of the event's type, such as `verified`."""

    change: str
    at: datetime
    incident: IncidentListed


class IncidentGone(BaseModel):
    """The data of an event `gone`: it is to be taken off the list."""

    incident_id: UUID


@dataclass(slots=True, weakref_slot=True)
class Standing:
    """One for all that is still told of an incident, and as it is now."""

    version: int
    restricted: bool
    exercise: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """`says_gone`: for those from whom the incident is kept, and for nobody else."""

    standing: Standing
    says_gone: bool


Feed = Annotated[LiveFeed[Judged], live(INCIDENTS)]
Wants = Callable[[Judged], bool]


async def _wants(principal: Office, exercise: Annotated[bool | None, Query()] = None) -> Wants:
    """Only what never changes narrows a stream: a line that leaves a list has to be told."""

    def judge(judged: Judged) -> bool:
        standing = judged.standing
        is_kept = not may_see(principal, restricted=standing.restricted)
        return exercise in {None, standing.exercise} and judged.says_gone is is_kept

    return judge


@router.get(
    "/v1/incidents/stream",
    status_code=200,
    response_class=EventStream,
    responses=described(
        "Server-sent events: `hello` and `reload` (read the list again), `incident`: IncidentChanged, "
        "`gone`: IncidentGone"
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
    """What was told of an incident is judged by how it stands now, for as long as any of it is held to be told."""

    def __init__(self) -> None:
        self._standing: WeakValueDictionary[UUID, Standing] = WeakValueDictionary()

    async def tell(self, tx: Transaction, changes: Sequence[Change]) -> Sequence[Telling[Judged]]:
        ids = {UUID(change.subject) for change in changes}
        rows = {row.id: row for row in await tx.all(select(IncidentRow).where(col(IncidentRow.id).in_(ids)))}
        responses = await read_responses(tx, list(ids))
        lines = {one: listed(row, responses.get(one)) for one, row in rows.items()}
        standing = {one: self._stands(row) for one, row in rows.items()}
        return [_telling(change, lines[UUID(change.subject)], standing[UUID(change.subject)]) for change in changes]

    def _stands(self, row: IncidentRow) -> Standing:
        """Readers overtake each other: the newest version counts."""
        known = self._standing.get(row.id)
        if known is None:
            known = self._standing[row.id] = Standing(row.version, row.restricted, row.exercise)
        elif row.version > known.version:
            known.version, known.restricted = row.version, row.restricted
        return known


def _telling(change: Change, line: IncidentListed, standing: Standing) -> Telling[Judged]:
    if change.change == GONE:
        return Telling(IncidentGone(incident_id=line.incident_id).model_dump_json(), Judged(standing, True), GONE)
    changed = IncidentChanged(change=change.change, at=change.at, incident=line)
    return Telling(changed.model_dump_json(), Judged(standing, says_gone=False))
