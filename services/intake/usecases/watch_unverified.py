"""Tell a person when something has stayed unverified for too long, whoever looks at the queue or not.

One alarm for the queue, not one for each: it stands while anything is in it. Exercises are in the queue and raise
nothing. Any number of processes may watch.
"""

from shared.messaging.alarms import clear_if_standing, sustain_alarm
from shared.persistence.transaction import Transaction

_ANY = """
SELECT EXISTS (
    SELECT FROM incidents WHERE verification = 'unverified' AND state IN ('reported', 'verified', 'activated')
    AND verify_by <= app_now() AND NOT exercise
) AS found
"""


async def watch_unverified(tx: Transaction) -> None:
    if (await tx.row(_ANY))["found"]:
        await sustain_alarm(tx, service="intake", alarm="unverified_waits", subject="incidents")
    else:
        await clear_if_standing(tx, service="intake", alarm="unverified_waits", subject="incidents")
