"""An alarm of any service becomes an urgent page to the duty dispatcher, until acknowledged or cleared."""

from services.alerts.usecases.open_page import open_page
from services.alerts.usecases.settle_page import clear_page
from shared.contracts.events.alarms import AlarmEvent, AlarmRaised
from shared.persistence.transaction import Transaction

REPEAT_S = 300


async def follow_alarm(tx: Transaction, event: AlarmEvent) -> None:
    if isinstance(event, AlarmRaised):
        await open_page(tx, kind="alarm", subject=event.root, repeat_s=REPEAT_S)
    else:
        await clear_page(tx, "alarm", event.root)
