"""`/v1/operations/dead-letters`: records that were set aside.

Where a letter came from and why it lies here is for every reader. What was sent (key, headers, bytes) may hold
anything: it is shown to an admin alone, one letter at a time, and each time is a line in the log.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel

from shared.messaging import dead_letters, mending
from shared.messaging.subscriptions import Subscriptions
from shared.observability.logs import get_logger
from shared.web.database import Db
from shared.web.operations.callers import PREFIX, Admin, Reader, Strict
from shared.web.pagination import Cursor, Limit, Page, cursor_value, instant, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

PATH = f"{PREFIX}/dead-letters"
log = get_logger(__name__)


class LetterOut(BaseModel):
    id: UUID
    topic: str
    partition: int
    record_offset: int
    reason: str
    detail: str
    set_aside_at: datetime
    settlement: Literal["replayed", "discarded"] | None
    settled_at: datetime | None
    settled_by: str | None


class ContentOut(BaseModel):
    """What was sent. `is_base64`: key and value are, because one of them is no text."""

    key: str | None
    headers: list[tuple[str, str]]
    value: str | None
    is_base64: bool


class Which(Strict):
    """`since`: set aside after this; without it, all that are open."""

    since: AwareDatetime | None = None


class ReplayedOut(BaseModel):
    """`refused` could not be applied and stay. `more`: there are some that were not tried; ask again."""

    replayed: int
    refused: int
    more: bool


def dead_letters_router(service: str, subscriptions: Subscriptions) -> APIRouter:
    router = APIRouter(prefix=PATH, tags=["operations"], route_class=StrictRoute)
    _add_looking(router)
    _add_settling(router, service, subscriptions)
    return router


def _add_looking(router: APIRouter) -> None:
    @router.get("")
    async def list_letters(
        response: Response,
        db: Db,
        _: Reader,
        state: Annotated[Literal["open", "all"], Query()] = "open",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Page[LetterOut]:
        """Newest first."""
        keys = read_cursor(cursor, 2)
        behind = (cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])) if keys else None
        async with db.transaction() as tx:
            rows = await dead_letters.list_letters(tx, settled_too=state == "all", behind=behind, limit=limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        following = write_cursor(last["set_aside_at"].isoformat(), last["id"]) if last else None
        link_next(response, f"{PATH}?state={state}&limit={limit}", following)
        return Page(items=[LetterOut(**row) for row in rows[:limit]], next=following)

    @router.get("/{letter}")
    async def show(letter: UUID, db: Db, _: Reader) -> LetterOut:
        """Where one came from, why it was set aside, what became of it."""
        async with db.transaction() as tx:
            row = await dead_letters.show_letter(tx, letter)
        return LetterOut(**{name: row[name] for name in LetterOut.model_fields})

    @router.get("/{letter}/content")
    async def show_content(letter: UUID, db: Db, caller: Admin) -> ContentOut:
        """What was sent. Who looked is written down."""
        async with db.transaction() as tx:
            found = dead_letters.content_of(await dead_letters.show_letter(tx, letter))
        log.warning("operations.dead_letter_content_shown", by=caller.subject, letter=str(letter))
        return ContentOut(key=found.key, headers=found.headers, value=found.value, is_base64=found.is_base64)


def _add_settling(router: APIRouter, service: str, subscriptions: Subscriptions) -> None:
    @router.post("/replay")
    async def replay_all(body: Which, db: Db, caller: Admin) -> ReplayedOut:
        """Apply those that are open, oldest first, each once and by itself; 500 at most."""
        mender = mending.Mender(service, subscriptions, by=caller.subject)
        done = await mending.replay_all(db, mender, since=body.since)
        log.info("operations.dead_letters_replayed", by=caller.subject, replayed=done.replayed, refused=done.refused)
        return ReplayedOut(replayed=done.replayed, refused=done.refused, more=done.more)

    @router.post("/{letter}/replay", status_code=204)
    async def replay(letter: UUID, db: Db, caller: Admin) -> None:
        """Apply it now, once. 409 if it cannot be applied as it is; it then stays."""
        async with db.transaction() as tx:
            await mending.replay(tx, letter, mending.Mender(service, subscriptions, by=caller.subject))
        log.info("operations.dead_letter_replayed", by=caller.subject, letter=str(letter))

    @router.post("/{letter}/discard", status_code=204)
    async def discard(letter: UUID, db: Db, caller: Admin) -> None:
        """Settle it without applying it; it is kept."""
        async with db.transaction() as tx:
            await mending.discard(tx, letter, mending.Mender(service, subscriptions, by=caller.subject))
        log.info("operations.dead_letter_discarded", by=caller.subject, letter=str(letter))
