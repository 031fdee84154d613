"""Tell a person that a source has taken back what an open incident stands on, whoever looks at the queue or not.

One alarm for the queue, as for `watch_unverified`.
"""

from shared.messaging.alarms import clear_if_standing, sustain_alarm
from shared.persistence.transaction import Transaction

_ANY = """
SELECT EXISTS (
    SELECT FROM standing_withdrawals JOIN incidents ON incidents.id = incident_id
    WHERE state IN ('reported', 'verified', 'activated') AND NOT exercise
) AS found
"""


async def watch_withdrawn(tx: Transaction) -> None:
    if (await tx.row(_ANY))["found"]:
        await sustain_alarm(tx, service="intake", alarm="report_withdrawn", subject="incidents")
    else:
        await clear_if_standing(tx, service="intake", alarm="report_withdrawn", subject="incidents")
