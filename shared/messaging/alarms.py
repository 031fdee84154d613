"""Alarms: what a person must act on, as a row and an event on `operations.alarms`.

Raising is idempotent while raised (the count goes up, nobody is paged twice for one standing fault); after an
acknowledgement or a clearing the next raise is a new event.
"""

from sqlalchemy import RowMapping

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
from shared.observability.metrics import ALARMS_RAISED
from shared.persistence.transaction import Transaction

log = get_logger(__name__)

_COLUMNS = "service, alarm, subject, version, state, count, first_at, last_at"
_RAISE = f"""
INSERT INTO alarms AS a (service, alarm, subject, version, state, count, first_at, last_at)
VALUES (:service, :alarm, :subject, 1, 'raised', 1, app_now(), app_now())
ON CONFLICT (service, alarm, subject) DO UPDATE SET
    version = a.version + CASE WHEN a.state = 'raised' THEN 0 ELSE 1 END,
    count = CASE WHEN a.state = 'cleared' THEN 1 ELSE a.count + 1 END,
    first_at = CASE WHEN a.state = 'cleared' THEN app_now() ELSE a.first_at END,
    state = 'raised',
    last_at = app_now()
RETURNING {_COLUMNS}, (xmax = 0 OR version > :seen) AS changed
"""  # noqa: S608 - a constant column list
_CURRENT = (
    "SELECT version, state FROM alarms WHERE service = :service AND alarm = :alarm AND subject = :subject FOR UPDATE"
)
_SETTLE = f"""
UPDATE alarms SET state = :state, version = version + 1, last_at = app_now()
WHERE service = :service AND alarm = :alarm AND subject = :subject AND state = ANY(:from_states)
RETURNING {_COLUMNS}
"""  # noqa: S608 - a constant column list


async def raise_alarm(tx: Transaction, *, service: str, alarm: str, subject: str) -> None:
    key = {"service": service, "alarm": alarm, "subject": subject}
    before = await tx.row_or_none(_CURRENT, **key)
    row = await tx.row(_RAISE, **key, seen=before["version"] if before else 0)
    log.error("alarm.raised", alarm=alarm, subject=subject, count=row["count"])
    ALARMS_RAISED.labels(alarm).inc()
    if row["changed"]:
        await publish(tx, AlarmRaised(at=await tx.now(), alarm=_snapshot(row)))


async def acknowledge_alarm(tx: Transaction, *, service: str, alarm: str, subject: str) -> None:
    """Raises NotFound if it is not standing."""
    await _settle(tx, AlarmState.ACKNOWLEDGED, ["raised"], service=service, alarm=alarm, subject=subject)


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


def _snapshot(row: RowMapping) -> AlarmSnapshot:
    return AlarmSnapshot(**{name: row[name] for name in _COLUMNS.split(", ")})
