"""`/v1/shift-trades`: two people exchange single shifts (a swap), or one takes over another's (a cover)."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from services.alerts.api.paging import ById
from services.alerts.api.viewers import viewer_of
from services.alerts.domain.trades import Side, TradeState, state_at
from services.alerts.queries.shift_trades import find_trade, list_trades
from services.alerts.usecases.duty.request_trade import request_trade
from services.alerts.usecases.duty.settle_trade import settle_trade
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import Page
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/shift-trades", tags=["shift trades"], route_class=StrictRoute)

Trader = Annotated[Principal, allow(Role.INTERRUPTER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]
_STATES = {
    "agree": TradeState.EFFECTIVE,
    "decline": TradeState.DECLINED,
    "withdraw": TradeState.WITHDRAWN,
}


class OccurrenceBody(BaseModel):
    """The shift that begins on this local day."""

    model_config = ConfigDict(extra="forbid")

    shift_id: UUID
    day: date


class GiverBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    interrupter_id: UUID
    gives: OccurrenceBody


class TakerBody(BaseModel):
    """`gives` null: nothing in return."""

    model_config = ConfigDict(extra="forbid")

    interrupter_id: UUID
    gives: OccurrenceBody | None = None


class TradeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    giver: GiverBody
    taker: TakerBody


class TradeView(TradeBody):
    """`requested_by` null: decided by whoever plans their duty. A request lapses when the first shift begins."""

    id: UUID
    state: TradeState
    requested_by: UUID | None
    requested_at: datetime
    lapses_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, row: Row, at: datetime) -> Self:
        back = None if row["taker_shift"] is None else {"shift_id": row["taker_shift"], "day": row["taker_day"]}
        return cls(
            id=row["id"],
            state=state_at(TradeState(row["state"]), row["lapses_at"], at),
            giver=GiverBody(
                interrupter_id=row["giver_id"],
                gives=OccurrenceBody(shift_id=row["giver_shift"], day=row["giver_day"]),
            ),
            taker=TakerBody(interrupter_id=row["taker_id"], gives=back and OccurrenceBody(**back)),
            **{name: row[name] for name in ("requested_by", "requested_at", "lapses_at", "settled_at")},
        )


@router.post("", status_code=201, response_model=TradeView)
async def request(principal: Trader, body: TradeBody, once: Idempotent) -> JSONResponse:
    """Effective at once if the caller plans the duty of both; else the other person has to agree."""

    async def produce(tx: Transaction) -> tuple[int, TradeView]:
        giver, taker = _side(body.giver), _side(body.taker)
        made = await request_trade(tx, viewer_of(principal), giver, taker, principal.subject)
        return 201, await _present(tx, principal, made)

    return await once.run(principal, produce)


@router.get("")
async def list_(principal: Trader, db: Db, paging: ById, response: Response) -> Page[TradeView]:
    """One's own, those of one's people, or all."""
    async with db.transaction() as tx:
        rows = await list_trades(tx, viewer_of(principal), after=paging.after, limit=paging.fetch)
        views = [TradeView.of(row, await tx.now()) for row in rows]
    return paging.page(response, [view.id for view in views], views)


@router.get("/{trade_id}")
async def show(principal: Trader, db: Db, trade_id: UUID) -> TradeView:
    async with db.transaction() as tx:
        return await _present(tx, principal, trade_id)


@router.post("/{trade_id}/{action}")
async def act(principal: Trader, db: Db, trade_id: UUID, action: Literal["agree", "decline", "withdraw"]) -> TradeView:
    """Repeating it changes nothing. 409 if the trade is over, or the shifts are not what they were."""
    async with db.transaction() as tx:
        await settle_trade(tx, viewer_of(principal), trade_id, _STATES[action], principal.subject)
        return await _present(tx, principal, trade_id)


def _side(body: GiverBody | TakerBody) -> Side:
    return Side(body.interrupter_id, None if body.gives is None else (body.gives.shift_id, body.gives.day))


async def _present(tx: Transaction, principal: Principal, trade_id: UUID) -> TradeView:
    row = await find_trade(tx, viewer_of(principal), trade_id)
    if row is None:
        raise NotFound("no such trade")
    return TradeView.of(row, await tx.now())
