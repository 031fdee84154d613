"""`/v1/deliveries`: the log of messages, what became of each, and how one that died is sent again."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from services.alerts.api.endpoint_views import OwnerBody
from services.alerts.api.viewers import viewer_of
from services.alerts.domain.replaying import Unsendable
from services.alerts.domain.visibility import Viewer
from services.alerts.message_types import kind_named
from services.alerts.queries.deliveries import Wanted, attempts_of, delivery_page, replayed_as, visible_delivery
from services.alerts.usecases.messages.replay_all_deliveries import AT_A_TIME, replay_all_deliveries
from services.alerts.usecases.messages.replay_delivery import replay_delivery
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import StateConflict
from shared.web.database import Db
from shared.web.pagination import Cursor, Limit, Page, cursor_value, instant, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/deliveries", tags=["deliveries"], route_class=StrictRoute)

_KEEPERS = (Role.INTERRUPTER, Role.SUPERVISOR, Role.DISPATCHER, Role.PROGRAM_OFFICE, Role.ADMIN)
Keeper = Annotated[Principal, allow(*_KEEPERS)]
Reader = Annotated[Principal, allow(*_KEEPERS, Role.AUDITOR)]
State = Literal["pending", "attempting", "delivered", "retry_scheduled", "dead", "cancelled", "replayed", "bundled"]
Kind = Annotated[str, AfterValidator(kind_named)]


class DeliveryLine(BaseModel):
    """`attempts`: how many were begun. Times are real time, not the business clock.

    `bundled_into`: the message that a notice to a phone went out with.
    """

    delivery_id: UUID
    delivery_class: Literal["urgent", "durable"]
    kind: str
    endpoint_id: UUID
    owner: OwnerBody
    incident_id: UUID | None
    offer_id: UUID | None
    page_id: UUID | None
    state: State
    attempts: int
    last_outcome: str | None
    queued_at: AwareDatetime
    first_attempt_at: AwareDatetime | None
    next_attempt_at: AwareDatetime | None
    settled_at: AwareDatetime | None
    replay_of: UUID | None
    bundled_into: UUID | None

    @classmethod
    def of(cls, row: Mapping[str, Any], **more: Any) -> Self:
        return cls(**row, owner=OwnerBody(kind=row["owner_kind"], id=row["owner_id"]), **more)


class AttemptView(BaseModel):
    """`outcome`: `delivered`, `rejected_503`, `connect_connection_refused`, `timed_out_response` …"""

    number: int
    at: AwareDatetime
    took_ms: int
    outcome: str
    status: int | None


class DeliveryView(DeliveryLine):
    """`waited_ms`: from being queued to the first attempt. `message`: what it says."""

    waited_ms: int | None
    replayed_as: UUID | None
    message: dict[str, Any]
    history: list[AttemptView]


class ReplayView(BaseModel):
    """The message that is sent now; the dead one is `replayed`."""

    delivery_id: UUID


class ReplayAllBody(BaseModel):
    """All that died and were queued at this time or later; of one endpoint or kind alone if it is said."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime
    endpoint_id: UUID | None = None
    kind: Kind | None = None


class ReplayedView(BaseModel):
    """`skipped`: how many stay dead, by the reason. `more`: older ones were not looked at: too many for one request."""

    replayed: int
    skipped: dict[Unsendable, int]
    more: bool


def _wanted(
    endpoint_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[State | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    incident_id: Annotated[UUID | None, Query()] = None,
    offer_id: Annotated[UUID | None, Query()] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
) -> Wanted:
    return Wanted(endpoint_id, state, kind, incident_id, offer_id, since)


def _seen_by(principal: Principal) -> Viewer:
    """An auditor reads all of it that is not for somebody's own people alone."""
    viewer = viewer_of(principal)
    return replace(viewer, audits=True) if principal.has(Role.AUDITOR) else viewer


@router.get("")
async def list_deliveries(
    principal: Reader,
    db: Db,
    response: Response,
    wanted: Annotated[Wanted, Depends(_wanted)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DeliveryLine]:
    """Newest first. Of the endpoints that the caller may see."""
    keys = read_cursor(cursor, 2)
    behind = (cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])) if keys else None
    async with db.transaction() as tx:
        rows = await delivery_page(tx, _seen_by(principal), wanted, behind=behind, limit=limit + 1)
    items = [DeliveryLine.of(row) for row in rows[:limit]]
    following = write_cursor(items[-1].queued_at.isoformat(), items[-1].delivery_id) if len(rows) > limit else None
    link_next(response, f"/v1/deliveries?{urlencode({'limit': limit} | wanted.values())}", following)
    return Page(items=items, next=following)


@router.get("/{delivery_id}")
async def show(principal: Reader, db: Db, delivery_id: UUID) -> DeliveryView:
    async with db.transaction() as tx:
        row = await visible_delivery(tx, _seen_by(principal), delivery_id)
        attempts = await attempts_of(tx, delivery_id)
        again = await replayed_as(tx, delivery_id)
    first = row["first_attempt_at"]
    return DeliveryView.of(
        row,
        waited_ms=None if first is None else (first - row["queued_at"]) // timedelta(milliseconds=1),
        replayed_as=again,
        message=json.loads(row["body"]),
        history=[AttemptView(**one) for one in attempts],
    )


@router.post("/{delivery_id}/replay", status_code=201)
async def replay(principal: Keeper, db: Db, delivery_id: UUID) -> ReplayView:
    """Sends a dead message again, if what it says still holds."""
    async with db.transaction() as tx:
        again = await replay_delivery(tx, viewer_of(principal), delivery_id)
        if isinstance(again, Unsendable):
            raise StateConflict("it is not sent again; state says why", state=again)
    return ReplayView(delivery_id=again)


@router.post(":replay")
async def replay_all(principal: Keeper, db: Db, body: ReplayAllBody) -> ReplayedView:
    """Sends again whatever died since then and still holds; the newest first, so many at a time."""
    wanted = Wanted(since=body.since, endpoint_id=body.endpoint_id, kind=body.kind)
    done = await replay_all_deliveries(db, viewer_of(principal), wanted, at_most=AT_A_TIME)
    return ReplayedView(replayed=done.replayed, skipped=dict(done.skipped), more=done.more)
