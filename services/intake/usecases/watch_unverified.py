"""Tell a person when something has stayed unverified for too long, whoever looks at the queue or not.

One alarm for the queue, not one for each: it stands while anything is in it. Exercises are in the queue and raise
nothing. Any number of processes may watch.
"""

from services.intake.queries.queues import Queue, anything_waits
from shared.messaging.alarms import clear_if_standing, sustain_alarm
from shared.persistence.transaction import Transaction


async def watch_unverified(tx: Transaction) -> None:
    if await anything_waits(tx, Queue.NEEDS_VERIFICATION):
        await sustain_alarm(tx, service="intake", alarm="unverified_waits", subject="incidents")
    else:
        await clear_if_standing(tx, service="intake", alarm="unverified_waits", subject="incidents")
