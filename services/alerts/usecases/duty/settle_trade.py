"""The other person agrees or declines, whoever asked takes it back; agreed, it is effective at once."""

from uuid import UUID

from services.alerts.domain.trades import Acting, Already, NotYours, Over, Request, TradeState, settle
from services.alerts.domain.visibility import Viewer, Whose, may_plan_duty
from services.alerts.queries.shift_trades import find_trade, request_of
from services.alerts.queries.workers import lock_interrupters
from services.alerts.usecases.duty.exchange_shifts import exchange_shifts, judge_exchange
from services.alerts.usecases.duty.request_trade import tell_of_trade
from shared.kernel.errors import NotAllowed, NotFound, StateConflict
from shared.persistence.transaction import Row, Transaction

_SETTLE = """
UPDATE shift_trades SET state = :state, settled_by = :by, settled_at = app_now() WHERE id = :id AND state = 'requested'
"""


async def settle_trade(tx: Transaction, viewer: Viewer, trade_id: UUID, wanted: TradeState, by: str) -> None:
    """Repeating it changes nothing. Raises NotFound, NotAllowed, and StateConflict if it is over or cannot be any more.

    The people are locked before the trade, as whoever asks for one does.
    """
    seen = await find_trade(tx, viewer, trade_id)
    if seen is None:
        raise NotFound("no such trade")
    people = await lock_interrupters(tx, {seen["giver_id"], seen["taker_id"]})
    row = await find_trade(tx, viewer, trade_id, lock=True) or seen
    request = request_of(row)
    acting = _acting(viewer, row)
    match settle(request, wanted, acting, await tx.now()):
        case NotYours():
            raise NotAllowed("this is for the other person, or for whoever plans their duty")
        case Over(state):
            raise StateConflict("this trade is over", state=state)
        case Already():
            return
    if wanted is TradeState.EFFECTIVE:
        _refuse_parted(acting, row)
        if (await judge_exchange(tx, request.giver, request.taker)).faults:
            raise StateConflict("the shifts are not as they were when this was asked for", state="changed")
        await exchange_shifts(tx, trade_id, request.giver, request.taker, people)
    await tx.run(_SETTLE, id=trade_id, state=wanted.value, by=by)
    await _tell(tx, viewer, trade_id, request, wanted)


def _acting(viewer: Viewer, row: Row) -> Acting:
    parties = (Whose(row["giver_id"], row["giver_organization"]), Whose(row["taker_id"], row["taker_organization"]))
    return Acting(viewer.worker, plans=all(may_plan_duty(viewer, one) for one in parties))


def _refuse_parted(acting: Acting, row: Row) -> None:
    """Whoever plans the duty of both may do more than the two by themselves."""
    if not acting.plans and row["giver_organization"] != row["taker_organization"]:
        raise StateConflict("the two are not of one organization any more", state="changed")


async def _tell(tx: Transaction, viewer: Viewer, trade_id: UUID, request: Request, what: TradeState) -> None:
    for person in (request.giver.interrupter_id, request.taker.interrupter_id):
        if person != viewer.worker:
            await tell_of_trade(tx, person, trade_id, what)
