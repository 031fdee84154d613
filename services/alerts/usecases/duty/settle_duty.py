"""Bring somebody's duty to where the plan and their own word want it: the one way duty ever changes.

State, span on duty, event and the question who may be asked now, in one transaction. Doing it again changes nothing.
"""

from collections.abc import Sequence
from datetime import UTC, tzinfo

from services.alerts.domain.duty import Duty, Word, duty_at
from services.alerts.domain.hours import after_span
from services.alerts.domain.workforce import coarse
from services.alerts.queries.plans import plans_of, programme_zone
from services.alerts.queries.workers import week_of, worker_snapshot
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from shared.contracts.events.workers import WorkerDutyChanged
from shared.kernel.geo import Point
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_BEGIN = "INSERT INTO duty_spans (interrupter_id, began_at) VALUES (:id, app_now())"
# A transaction that waited for the row's lock may have begun before the span did.
_END = "UPDATE duty_spans SET ended_at = greatest(began_at, app_now()) WHERE interrupter_id = :id AND ended_at IS NULL"


async def settle_duty(tx: Transaction, rows: Sequence[InterrupterRow]) -> None:
    """The interrupters are locked. Without a programme nobody has shifts, and any clock will do."""
    now, zone = await tx.now(), await programme_zone(tx) or UTC
    since = min((row.duty_word_at for row in rows if row.duty_word_at is not None), default=now)
    plans = await plans_of(tx, [row.id for row in rows], since=min(since, now))
    for row in rows:
        if not row.active:
            await _settle(tx, row, Duty(on=False, by_word=False, until=None), zone)
        else:
            await _settle(tx, row, duty_at(plans[row.id], _word(row), zone, now), zone)


def _word(row: InterrupterRow) -> Word | None:
    if row.duty_word is None or row.duty_word_at is None:
        return None
    return Word(row.duty_word, row.duty_word_at)


async def _settle(tx: Transaction, row: InterrupterRow, duty: Duty, zone: tzinfo) -> None:
    row.duty_next_at = duty.until
    if not duty.by_word:
        row.duty_word = row.duty_word_at = None
    if row.on_duty == duty.on:
        return
    await _change(tx, row, on=duty.on, zone=zone)
    row.version += 1
    await publish(tx, WorkerDutyChanged(at=await tx.now(), worker=await worker_snapshot(tx, row)))


async def _change(tx: Transaction, row: InterrupterRow, *, on: bool, zone: tzinfo) -> None:
    now = await tx.now()
    if on:
        row.on_duty, row.available_since = True, now
        await tx.run(_BEGIN, id=row.id)
        await ask_to_reconsider(tx)
        return
    week = after_span(week_of(row), row.available_since, now, zone)
    row.on_duty, row.week_began, row.week_worked_s = False, week.began, week.worked.total_seconds()
    await tx.run(_END, id=row.id)
    if row.position_lat is not None and row.position_lon is not None:
        row.position_lat, row.position_lon = coarse(Point(row.position_lat, row.position_lon))
