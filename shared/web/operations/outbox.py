"""`/v1/operations/outbox`: events on their way to the broker. Their bodies are not shown; the topic has them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel

from shared.messaging.mending import retry_outbox
from shared.messaging.outbox_rows import Which, list_outbox, show_outbox_row
from shared.messaging.relay.settle import republish
from shared.observability.logs import get_logger
from shared.web.database import Db
from shared.web.operations.callers import PREFIX, Admin, Counted, Reader, Strict
from shared.web.pagination import Cursor, Limit, Page, cursor_value, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

RowId = Annotated[int, Path(ge=1, lt=2**63)]
log = get_logger(__name__)


class OutboxRowOut(BaseModel):
    """`bytes`: the size of the event's body."""

    id: int
    type: str | None
    topic: str
    key: str
    created_at: datetime
    age_s: float
    failures: int
    set_aside_at: datetime | None
    reason: str | None
    published_at: datetime | None
    bytes: int


class Since(Strict):
    since: AwareDatetime


def outbox_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"{PREFIX}/outbox", tags=["operations"], route_class=StrictRoute)
    _add_looking(router)
    _add_sending(router, service)
    return router


def _add_looking(router: APIRouter) -> None:
    @router.get("")
    async def list_rows(
        response: Response,
        db: Db,
        _: Reader,
        state: Annotated[Which, Query()] = "waiting",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Page[OutboxRowOut]:
        """What waits to be published, in the order of sending; or what was set aside."""
        keys = read_cursor(cursor, 1)
        behind = cursor_value(_row_id, keys[0]) if keys else 0
        async with db.transaction() as tx:
            rows = await list_outbox(tx, state, behind=behind, limit=limit + 1)
        following = write_cursor(rows[limit - 1]["id"]) if len(rows) > limit else None
        link_next(response, f"{PREFIX}/outbox?state={state}&limit={limit}", following)
        return Page(items=[OutboxRowOut(**row) for row in rows[:limit]], next=following)

    @router.get("/{row_id}")
    async def show(row_id: RowId, db: Db, _: Reader) -> OutboxRowOut:
        """One: where it goes, how old it is, how often it failed and why."""
        async with db.transaction() as tx:
            return OutboxRowOut(**await show_outbox_row(tx, row_id))


def _add_sending(router: APIRouter, service: str) -> None:
    @router.post("/retry")
    async def retry(db: Db, caller: Admin) -> Counted:
        """Try what was set aside again, once its fault is mended."""
        async with db.transaction() as tx:
            count = await retry_outbox(tx, service)
        log.info("operations.outbox_retried", by=caller.subject, count=count)
        return Counted(count=count)

    @router.post("/republish")
    async def send_again(body: Since, db: Db, caller: Admin) -> Counted:
        """Send again what was published since then, after a broker was lost; consumers drop what they have seen."""
        async with db.transaction() as tx:
            count = await republish(tx, body.since)
        log.info("operations.republished", by=caller.subject, count=count)
        return Counted(count=count)


def _row_id(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError
    return number
