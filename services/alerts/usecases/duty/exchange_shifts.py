"""Judge what two people want to exchange, and carry it out. Both are locked, and everything is looked at anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from services.alerts.domain.shifts import Occurrence, Plan, Span, on_day
from services.alerts.domain.trades import Held, Side, given_fault, lapses, taken_fault
from services.alerts.queries.plans import plans_of, programme_zone
from services.alerts.queries.shift_trades import held_shift
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.duty.settle_duty import settle_duty
from shared.kernel.errors import FieldError
from shared.persistence.transaction import Transaction

_HOLD = """
INSERT INTO shift_holders (shift_id, day, holder_id, trade_id) VALUES (:shift_id, :day, :holder_id, :trade_id)
ON CONFLICT (shift_id, day) DO UPDATE SET holder_id = EXCLUDED.holder_id, trade_id = EXCLUDED.trade_id
"""


@dataclass(frozen=True)
class Judged:
    """`faults`: what keeps it from being done, by field. Without any, `lapses_at` is when the first shift begins;
    of one that has begun already the rest may be traded, until it is over.
    """

    faults: tuple[FieldError, ...]
    lapses_at: datetime


async def judge_exchange(tx: Transaction, giver: Side, taker: Side) -> Judged:
    """Both people are locked."""
    now, zone = await tx.now(), await programme_zone(tx) or UTC
    sides = {"giver": giver, "taker": taker}
    held = {name: await _held(tx, side.gives) for name, side in sides.items() if side.gives}
    given = {name: given_fault(one, sides[name].interrupter_id, zone, now) for name, one in held.items()}
    if faults := tuple(FieldError(f"/{name}/gives", fault) for name, fault in given.items() if fault):
        return Judged(faults, now)
    kept = {name: one for name, one in held.items() if one is not None}
    plans = await plans_of(tx, [side.interrupter_id for side in sides.values()], since=now)
    taking = {
        "taker": _taking(plans[taker.interrupter_id], kept.get("taker"), kept.get("giver"), zone),
        "giver": _taking(plans[giver.interrupter_id], kept.get("giver"), kept.get("taker"), zone),
    }
    faults = tuple(FieldError(f"/{name}/interrupter_id", fault) for name, fault in taking.items() if fault)
    spans = [span for one in kept.values() if (span := on_day(one.shift, one.day, zone))]
    return Judged(faults, min(lapses(span, now) for span in spans))


async def _held(tx: Transaction, gives: Occurrence) -> Held | None:
    return await held_shift(tx, *gives)


def _taking(plan: Plan, gives: Held | None, takes: Held | None, zone: tzinfo) -> str | None:
    span: Span | None = None if takes is None else on_day(takes.shift, takes.day, zone)
    if span is None:
        return None
    return taken_fault(plan, () if gives is None else (gives,), span, zone)


async def exchange_shifts(
    tx: Transaction, trade_id: UUID, giver: Side, taker: Side, rows: Sequence[InterrupterRow]
) -> None:
    """Judged without a fault. `rows`: both people, locked."""
    for gives, holder in ((giver.gives, taker.interrupter_id), (taker.gives, giver.interrupter_id)):
        if gives is not None:
            await tx.run(_HOLD, shift_id=gives[0], day=gives[1], holder_id=holder, trade_id=trade_id)
    await settle_duty(tx, rows)
