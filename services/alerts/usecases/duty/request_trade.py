"""Somebody asks to exchange shifts, or to give or take one; whoever plans both people's duty decides it outright."""

from uuid import UUID

from services.alerts.domain.trades import Side
from services.alerts.domain.visibility import Viewer, may_plan_duty
from services.alerts.messages import trade_message
from services.alerts.queries.workers import lock_interrupters, whose
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.duty.exchange_shifts import exchange_shifts, judge_exchange
from services.alerts.usecases.messages.queue_delivery import Message, queue_for_interrupter
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_REQUEST = """
INSERT INTO shift_trades (id, state, giver_id, giver_shift, giver_day, taker_id, taker_shift, taker_day, lapses_at,
                          requested_by, requested_at, settled_by, settled_at)
VALUES (:id, CASE WHEN :outright THEN 'effective' ELSE 'requested' END, :giver_id, :giver_shift, :giver_day,
        :taker_id, :taker_shift, :taker_day, :lapses_at, CAST(:requested_by AS uuid), app_now(),
        CASE WHEN :outright THEN :by END, CASE WHEN :outright THEN app_now() END)
"""


async def request_trade(tx: Transaction, viewer: Viewer, giver: Side, taker: Side, by: str) -> UUID:
    """Raises Invalid; a person whom the caller may not know of looks like an unknown one."""
    rows = {row.id: row for row in await lock_interrupters(tx, {giver.interrupter_id, taker.interrupter_id})}
    outright = _refuse_strangers(viewer, giver, taker, rows)
    judged = await judge_exchange(tx, giver, taker)
    if judged.faults:
        raise Invalid(*judged.faults)
    trade_id = new_id()
    await tx.run(
        _REQUEST,
        id=trade_id,
        outright=outright,
        **_facts(giver, taker),
        lapses_at=judged.lapses_at,
        requested_by=None if outright else viewer.worker,
        by=by,
    )
    if outright:
        await exchange_shifts(tx, trade_id, giver, taker, list(rows.values()))
    for person in (giver.interrupter_id, taker.interrupter_id):
        if outright or person != viewer.worker:
            await tell_of_trade(tx, person, trade_id, "effective" if outright else "requested")
    return trade_id


def _refuse_strangers(viewer: Viewer, giver: Side, taker: Side, rows: dict[UUID, InterrupterRow]) -> bool:
    """Whether the caller plans both; else the caller is one of them, and the other is of the same organization."""
    if giver.interrupter_id == taker.interrupter_id:
        raise Invalid(FieldError("/taker/interrupter_id", "must be somebody else"))
    people = {"giver": rows.get(giver.interrupter_id), "taker": rows.get(taker.interrupter_id)}
    own = rows.get(viewer.worker) if viewer.worker is not None else None
    planned = {side for side, row in people.items() if row is not None and may_plan_duty(viewer, whose(row))}
    colleagues = {side for side, row in people.items() if row and own and row.organization_id == own.organization_id}
    strangers = people.keys() - (planned | colleagues)
    if strangers:
        told = "is not somebody you can trade shifts with"
        raise Invalid(*(FieldError(f"/{side}/interrupter_id", told) for side in sorted(strangers)))
    return planned == people.keys()


def _facts(giver: Side, taker: Side) -> dict[str, object]:
    (giver_shift, giver_day), back = giver.gives or (None, None), taker.gives or (None, None)
    return {
        "giver_id": giver.interrupter_id,
        "giver_shift": giver_shift,
        "giver_day": giver_day,
        "taker_id": taker.interrupter_id,
        "taker_shift": back[0],
        "taker_day": back[1],
    }


async def tell_of_trade(tx: Transaction, interrupter_id: UUID, trade_id: UUID, what: str) -> None:
    message = Message(f"shift_trade.{what}", urgent=False, content=trade_message(trade_id, what))
    await queue_for_interrupter(tx, interrupter_id, message)
