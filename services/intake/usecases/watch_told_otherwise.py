"""Tell a person that what a person turned away is told as something graver, whoever looks at the queue or not.

One alarm for the queue, as for `watch_unverified`.
"""

from services.intake.queries.queues import Queue, anything_waits
from shared.messaging.alarms import clear_if_standing, sustain_alarm
from shared.persistence.transaction import Transaction


async def watch_told_otherwise(tx: Transaction) -> None:
    if await anything_waits(tx, Queue.TOLD_OTHERWISE):
        await sustain_alarm(tx, service="intake", alarm="told_otherwise", subject="incidents")
    else:
        await clear_if_standing(tx, service="intake", alarm="told_otherwise", subject="incidents")
