"""Trades of shifts: reading, and who has a shift on a day once every earlier trade counts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.alerts.domain.shifts import Occurrence
from services.alerts.domain.trades import Held, Request, Side, TradeState
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.plans import shift_of
from shared.persistence.transaction import Row, Transaction

_SEEN = """
SELECT t.*, g.organization_id AS giver_organization, k.organization_id AS taker_organization
FROM shift_trades t JOIN interrupters g ON g.id = t.giver_id JOIN interrupters k ON k.id = t.taker_id
WHERE (:everything OR g.organization_id = CAST(:supervised AS uuid) OR k.organization_id = CAST(:supervised AS uuid)
       OR t.giver_id = CAST(:worker AS uuid) OR t.taker_id = CAST(:worker AS uuid))
"""
_LISTED = f"{_SEEN} AND (CAST(:after AS uuid) IS NULL OR t.id > CAST(:after AS uuid)) ORDER BY t.id LIMIT :limit"
_ONE = f"{_SEEN} AND t.id = :id"
_LOCKED = f"{_ONE} FOR UPDATE OF t"
_HELD = """
SELECT s.*, coalesce(h.holder_id, s.interrupter_id) AS holder_id
FROM shifts s LEFT JOIN shift_holders h ON h.shift_id = s.id AND h.day = :day WHERE s.id = :shift_id
"""


async def list_trades(tx: Transaction, viewer: Viewer, *, after: UUID | None, limit: int) -> Sequence[Row]:
    """Those of the viewer, of the viewer's people, or all; by id."""
    return await tx.rows(_LISTED, **_scope(viewer), after=after, limit=limit)


async def find_trade(tx: Transaction, viewer: Viewer, trade_id: UUID, *, lock: bool = False) -> Row | None:
    """None also for one that the viewer may not know of."""
    return await tx.row_or_none(_LOCKED if lock else _ONE, **_scope(viewer), id=trade_id)


def _scope(viewer: Viewer) -> dict[str, object]:
    return {"everything": viewer.sees_everything, "supervised": viewer.supervises, "worker": viewer.worker}


async def held_shift(tx: Transaction, shift_id: UUID, day: date) -> Held | None:
    row = await tx.row_or_none(_HELD, shift_id=shift_id, day=day)
    return None if row is None else Held(shift_of(row), day, row["holder_id"])


def request_of(row: Row) -> Request:
    back: Occurrence | None = None if row["taker_shift"] is None else (row["taker_shift"], row["taker_day"])
    return Request(
        giver=Side(row["giver_id"], (row["giver_shift"], row["giver_day"])),
        taker=Side(row["taker_id"], back),
        requested_by=row["requested_by"],
        state=TradeState(row["state"]),
        lapses_at=row["lapses_at"],
    )
