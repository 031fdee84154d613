"""An alarm of any service becomes an urgent page to the duty dispatcher, until acknowledged or cleared."""

from services.alerts.domain.pages import PageKind
from services.alerts.usecases.paging.open_page import open_page
from services.alerts.usecases.paging.settle_page import clear_page
from shared.contracts.events.alarms import AlarmEvent
from shared.kernel.vocabulary import AlarmState
from shared.persistence.transaction import Transaction

REPEAT_S = 300


async def follow_alarm(tx: Transaction, event: AlarmEvent) -> None:
    await follow_alarm_state(tx, event.root, event.alarm.state)


async def follow_alarm_state(tx: Transaction, root: str, state: AlarmState) -> None:
    """`root`: service/alarm/subject."""
    if state is AlarmState.RAISED:
        await open_page(tx, kind=PageKind.ALARM, subject=root, repeat_s=REPEAT_S)
    else:
        await clear_page(tx, PageKind.ALARM, root)
