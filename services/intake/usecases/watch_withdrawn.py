"""Tell a person that a source has taken back what an open incident stands on, whoever looks at the queue or not.

One alarm for the queue, as for `watch_unverified`.
"""

from services.intake.queries.queues import Queue, anything_waits
from shared.messaging.alarms import clear_if_standing, sustain_alarm
from shared.persistence.transaction import Transaction


async def watch_withdrawn(tx: Transaction) -> None:
    if await anything_waits(tx, Queue.WITHDRAWN):
        await sustain_alarm(tx, service="intake", alarm="report_withdrawn", subject="incidents")
    else:
        await clear_if_standing(tx, service="intake", alarm="report_withdrawn", subject="incidents")
