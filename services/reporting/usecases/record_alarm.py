"""What became of an alarm, one fact per event: an alarm raised twice called a person twice."""

from services.reporting.tables import AlarmFact
from services.reporting.usecases.keep_newest import keep_newest
from shared.contracts.events.alarms import AlarmEvent
from shared.persistence.transaction import Transaction


async def record_alarm(tx: Transaction, event: AlarmEvent) -> None:
    alarm = event.alarm
    fact = AlarmFact(
        service=alarm.service,
        alarm=alarm.alarm,
        subject=alarm.subject,
        version=alarm.version,
        state=alarm.state,
        at=event.at,
    )
    await keep_newest(tx, [fact])
