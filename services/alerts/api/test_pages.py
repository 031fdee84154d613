"""`/v1/test-pages`: is everybody reached? An urgent message that says it is a test, and what came of it for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.alerts.api.viewers import viewer_of
from services.alerts.domain.practice import Outcome, Practised, outcome
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.test_pages import list_results, results
from services.alerts.usecases.messages.acknowledge_test_page import acknowledge_test_page
from services.alerts.usecases.messages.send_test_page import Practice, send_test_page
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.contracts.fields import AreaId
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Cursor, Limit, Page, cursor_value, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/test-pages", tags=["test pages"], route_class=StrictRoute)
Sender = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR)]
Reader = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]
Own = Annotated[Principal, allow(Role.INTERRUPTER)]


class PracticeBody(BaseModel):
    """To one person, on duty or not; to those on duty in a community; with neither, to everybody on duty."""

    model_config = ConfigDict(extra="forbid")

    interrupter_id: UUID | None = None
    community: AreaId | None = None
    answer_within_s: int = Field(default=600, ge=30, le=86_400)

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.interrupter_id is not None and self.community is not None:
            raise ValueError("interrupter_id and community cannot both be given")
        return self

    def practice(self) -> Practice:
        return Practice(self.interrupter_id, self.community, timedelta(seconds=self.answer_within_s))


class PractisedOut(BaseModel):
    """`failures`: how the message failed at each endpoint that did not take it."""

    interrupter_id: UUID
    call_sign: str
    outcome: Outcome
    delivered_at: datetime | None
    acknowledged_at: datetime | None
    failures: list[str]


class TestPageOut(BaseModel):
    """`is_over`: the time for answers is. `not_reached`: call signs of whoever did not answer, once it is over."""

    __test__ = False

    test_page_id: UUID
    sent_by: str
    sent_at: datetime
    answer_by: datetime
    is_over: bool
    people: list[PractisedOut]
    not_reached: list[str]


@router.post("", status_code=201, response_model=TestPageOut)
async def send(caller: Sender, body: PracticeBody, once: Idempotent) -> JSONResponse:
    viewer = viewer_of(caller)

    async def produce(tx: Transaction) -> tuple[int, TestPageOut]:
        test_page_id = await send_test_page(tx, viewer, body.practice(), by=caller.subject)
        return 201, await _present(tx, viewer, test_page_id)

    return await once.run(caller, produce)


@router.get("")
async def list_(
    caller: Reader, db: Db, response: Response, cursor: Cursor = None, limit: Limit = 50
) -> Page[TestPageOut]:
    """The newest first, each with what came of it. A supervisor's: those in which own people are, and these alone."""
    keys = read_cursor(cursor, 1)
    before = cursor_value(UUID, keys[0]) if keys else None
    async with db.transaction() as tx:
        found = await list_results(tx, viewer_of(caller), before=before, limit=limit + 1)
        now = await tx.now()
    items = [_shown(head, rows, now) for head, rows in found[:limit]]
    following = write_cursor(items[-1].test_page_id) if len(found) > limit else None
    link_next(response, f"/v1/test-pages?limit={limit}", following)
    return Page(items=items, next=following)


@router.get("/{test_page_id}")
async def show(test_page_id: UUID, db: Db, caller: Reader) -> TestPageOut:
    """A supervisor sees the own organization's people in it."""
    async with db.transaction() as tx:
        return await _present(tx, viewer_of(caller), test_page_id)


@router.post("/{test_page_id}/acknowledge", status_code=204)
async def acknowledge(test_page_id: UUID, db: Db, caller: Own) -> None:
    """I have had it. Repeating it changes nothing."""
    if caller.worker is None:
        raise NotFound("no such test page of yours")
    async with db.transaction() as tx:
        await acknowledge_test_page(tx, test_page_id, caller.worker)


async def _present(tx: Transaction, viewer: Viewer, test_page_id: UUID) -> TestPageOut:
    return _shown(*await results(tx, viewer, test_page_id), await tx.now())


def _shown(head: Row, rows: Sequence[Row], now: datetime) -> TestPageOut:
    people = [_practised(row, head["answer_by"], now) for row in rows]
    is_over = now > head["answer_by"]
    answered = {Outcome.ACKNOWLEDGED, Outcome.ACKNOWLEDGED_LATE}
    missing = [one.call_sign for one in people if one.outcome not in answered]
    return TestPageOut(**head, is_over=is_over, people=people, not_reached=missing if is_over else [])


def _practised(row: Row, answer_by: datetime, now: datetime) -> PractisedOut:
    facts = Practised(row["messages"], row["known"], row["under_way"], row["delivered_at"], row["acknowledged_at"])
    shown = {name: row[name] for name in PractisedOut.model_fields if name in row}
    return PractisedOut(**shown, outcome=outcome(facts, answer_by=answer_by, now=now))
