"""Alarms: what a person must act on, as a row and an event on `operations.alarms`.

Raising is idempotent while raised (the count goes up, nobody is paged twice for one standing fault); after an
acknowledgement or a clearing the next raise is a new event.
"""

from collections.abc import Sequence

from shared.contracts.events.alarms import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmEvent,
    AlarmRaised,
    AlarmSnapshot,
)
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import AlarmState
from shared.messaging.outbox import publish
from shared.observability.logs import get_logger
from shared.observability.metrics import ALARMS_RAISED, ALARMS_STANDING
from shared.persistence.transaction import Row, Transaction

log = get_logger(__name__)

_COLUMNS = "service, alarm, subject, version, state, count, first_at, last_at"
# Whoever comes second waits here for the first, and then finds its row: one raising is told once.
_FIRST = f"""
INSERT INTO alarms (service, alarm, subject, version, state, count, first_at, last_at)
VALUES (:service, :alarm, :subject, 1, 'raised', 1, app_now(), app_now())
ON CONFLICT (service, alarm, subject) DO NOTHING
RETURNING {_COLUMNS}
"""  # noqa: S608 - a constant column list
_AGAIN = f"""
UPDATE alarms SET
    version = version + CASE WHEN state = 'raised' THEN 0 ELSE 1 END,
    count = CASE WHEN state = 'cleared' THEN 1 ELSE count + 1 END,
    first_at = CASE WHEN state = 'cleared' THEN app_now() ELSE first_at END,
    state = 'raised',
    last_at = app_now()
WHERE service = :service AND alarm = :alarm AND subject = :subject
RETURNING {_COLUMNS}
"""  # noqa: S608 - a constant column list
_CURRENT = "SELECT state FROM alarms WHERE service = :service AND alarm = :alarm AND subject = :subject FOR UPDATE"
_SETTLE = f"""
UPDATE alarms SET state = :state, version = version + 1, last_at = app_now()
WHERE service = :service AND alarm = :alarm AND subject = :subject AND state = ANY(:from_states)
RETURNING {_COLUMNS}
"""  # noqa: S608 - a constant column list
_STANDING = """
SELECT state, last_at < app_now() - make_interval(secs => :every_s) AS untold FROM alarms
WHERE service = :service AND alarm = :alarm AND subject = :subject AND state <> 'cleared' FOR UPDATE
"""
_STILL = """
UPDATE alarms SET last_at = app_now() WHERE service = :service AND alarm = :alarm AND subject = :subject
"""
_STANDING_BY_NAME = "SELECT alarm, count(*) FILTER (WHERE state <> 'cleared') AS standing FROM alarms GROUP BY alarm"
_LIST = """
SELECT service, alarm, subject, state, count, first_at, last_at FROM alarms
WHERE state <> 'cleared' ORDER BY last_at DESC LIMIT 200
"""
STILL_EVERY_S = 5.0


async def list_alarms(tx: Transaction) -> Sequence[Row]:
    """What stands, newest first."""
    return await tx.rows(_LIST)


async def raise_alarm(tx: Transaction, *, service: str, alarm: str, subject: str) -> None:
    key = {"service": service, "alarm": alarm, "subject": subject}
    row, changed = await tx.row_or_none(_FIRST, **key), True
    if row is None:
        changed = (await tx.row(_CURRENT, **key))["state"] != AlarmState.RAISED
        row = await tx.row(_AGAIN, **key)
    log.error("alarm.raised", alarm=alarm, subject=subject, count=row["count"])
    ALARMS_RAISED.labels(alarm).inc()
    if changed:
        await publish(tx, AlarmRaised(at=await tx.now(), alarm=_snapshot(row)))


async def sustain_alarm(tx: Transaction, *, service: str, alarm: str, subject: str) -> None:
    """For whoever looks again and again: raised if it does not stand; else only `last_at` says that it was seen."""
    key = {"service": service, "alarm": alarm, "subject": subject}
    standing = await tx.row_or_none(_STANDING, **key, every_s=STILL_EVERY_S)
    if standing is None:
        await raise_alarm(tx, **key)
    elif standing["untold"]:
        await tx.run(_STILL, **key)


async def hold_alarm(tx: Transaction, **key: str) -> None:
    """Whoever raises it meanwhile waits for this transaction, and then raises it anew if it was cleared."""
    await tx.row_or_none(_CURRENT, **key)


async def clear_if_standing(tx: Transaction, *, service: str, alarm: str, subject: str) -> None:
    """What was wrong has been mended; whether it was told does not matter."""
    key = {"service": service, "alarm": alarm, "subject": subject}
    if await tx.row_or_none(_STANDING, **key, every_s=STILL_EVERY_S) is not None:
        await clear_alarm(tx, **key)


async def measure_alarms(tx: Transaction) -> None:
    for row in await tx.rows(_STANDING_BY_NAME):
        ALARMS_STANDING.labels(row["alarm"]).set(row["standing"])


async def acknowledge_alarm(tx: Transaction, *, service: str, alarm: str, subject: str) -> None:
    """Raises NotFound if it is not standing."""
    await _settle(tx, AlarmState.ACKNOWLEDGED, ["raised"], service=service, alarm=alarm, subject=subject)


async def acknowledge_if_raised(tx: Transaction, **key: str) -> None:
    row = await tx.row_or_none(_CURRENT, **key)
    if row is not None and row["state"] == AlarmState.RAISED:
        await acknowledge_alarm(tx, **key)


async def clear_alarm(tx: Transaction, *, service: str, alarm: str, subject: str) -> None:
    """Raises NotFound if it is not standing."""
    states = ["raised", "acknowledged"]
    await _settle(tx, AlarmState.CLEARED, states, service=service, alarm=alarm, subject=subject)


async def _settle(tx: Transaction, state: AlarmState, from_states: list[str], **key: str) -> None:
    row = await tx.row_or_none(_SETTLE, state=state, from_states=from_states, **key)
    if row is None:
        raise NotFound("no such standing alarm")
    kind: type[AlarmEvent] = AlarmCleared if state is AlarmState.CLEARED else AlarmAcknowledged
    await publish(tx, kind(at=await tx.now(), alarm=_snapshot(row)))


def _snapshot(row: Row) -> AlarmSnapshot:
    return AlarmSnapshot(**{name: row[name] for name in _COLUMNS.split(", ")})
