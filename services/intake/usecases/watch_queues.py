"""Tell a person when something waits in a queue that may not wait, whoever looks at it or not.

One alarm for each queue, not one for each incident: it stands while anything is in it. Exercises are in the queue and
raise nothing. Any number of processes may watch.
"""

from services.intake.queries.queues import Queue, anything_waits
from shared.messaging.alarms import clear_if_standing, sustain_alarm
from shared.persistence.transaction import Transaction


async def watch_queues(tx: Transaction) -> None:
    await _watch(tx, Queue.NEEDS_VERIFICATION, alarm="unverified_waits")
    await _watch(tx, Queue.WITHDRAWN, alarm="report_withdrawn")
    await _watch(tx, Queue.TOLD_OTHERWISE, alarm="told_otherwise")


async def _watch(tx: Transaction, queue: Queue, *, alarm: str) -> None:
    if await anything_waits(tx, queue):
        await sustain_alarm(tx, service="intake", alarm=alarm, subject="incidents")
    else:
        await clear_if_standing(tx, service="intake", alarm=alarm, subject="incidents")
