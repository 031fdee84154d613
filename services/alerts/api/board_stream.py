"""`GET /v1/dispatches/stream`: the board live. Each change of a dispatch is told with its line as it is then.

Open the stream first, then read the list: what changes in between comes. The same people see it as see the list: what
becomes restricted is told to the others as `gone`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel

from services.alerts.api.board import Desk, own_organization
from services.alerts.queries.board import concerned, lines_of
from services.alerts.queries.board_lines import DispatchLine
from services.alerts.queries.dispatches import DISPATCHES
from shared.contracts.fields import AreaId
from shared.messaging.feed import GONE, Change
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.web.live.event_stream import EventStream
from shared.web.live.feed import LiveFeed, Telling
from shared.web.live.keeping import Gone, Standing, Standings
from shared.web.live.routes import LastEventId, described, live
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/dispatches", tags=["dispatches"], route_class=StrictRoute)


@dataclass(frozen=True, slots=True)
class Judged:
    """`organizations`: whose own line it is."""

    standing: Standing
    change: str
    line: DispatchLine
    organizations: frozenset[UUID]


class DispatchChanged(BaseModel):
    """The data of an event `dispatch`. `change`: `offer.made`, `dispatch.staffed` …"""

    change: str
    at: datetime
    dispatch: DispatchLine


Feed = Annotated[LiveFeed[Judged], live(DISPATCHES)]
Wants = Callable[[Judged], bool]


async def _wants(
    principal: Desk,
    community: Annotated[AreaId | None, Query()] = None,
    exercise: Annotated[bool | None, Query()] = None,
    mine: Annotated[bool, Query()] = False,
) -> Wants:
    """As the list's filters, but for the state: a line that leaves a state has to be told."""
    own = own_organization(principal) if mine else None

    def judge(judged: Judged) -> bool:
        return (
            community in {None, judged.line.community}
            and exercise in {None, judged.line.exercise}
            and (own is None or own in judged.organizations)
            and judged.standing.is_told(principal, judged.change)
        )

    return judge


@router.get(
    "/stream",
    status_code=200,
    response_class=EventStream,
    responses=described(
        "Server-sent events: `hello` and `reload` (read the list again), `dispatch`: DispatchChanged, `gone`: Gone"
    ),
)
async def stream_dispatches(
    feed: Feed, wants: Annotated[Wants, Depends(_wants)], last_event_id: LastEventId = None
) -> Response:
    """With `Last-Event-ID`: everything since then, whichever process answers. Without: from now on."""
    return await feed.open(last_event_id, wants)


def dispatch_feed(db: Database) -> LiveFeed[Judged]:
    return LiveFeed(db, DISPATCHES, "dispatch", Teller().tell)


class Teller:
    def __init__(self) -> None:
        self._standings = Standings()

    async def tell(self, tx: Transaction, changes: Sequence[Change]) -> Sequence[Telling[Judged]]:
        ids = {UUID(change.subject) for change in changes}
        lines, organizations = await lines_of(tx, ids), await concerned(tx, ids)
        return [
            self._telling(change, lines[UUID(change.subject)], organizations.get(UUID(change.subject), frozenset()))
            for change in changes
        ]

    def _telling(self, change: Change, line: DispatchLine, organizations: frozenset[UUID]) -> Telling[Judged]:
        version = line.incident_version
        standing = self._standings.of(line.incident_id, version=version, restricted=line.restricted)
        judged = Judged(standing, change.change, line, organizations)
        if change.change == GONE:
            return Telling(Gone(incident_id=line.incident_id).model_dump_json(), judged, event=GONE)
        changed = DispatchChanged(change=change.change, at=change.at, dispatch=line)
        return Telling(changed.model_dump_json(), judged)
