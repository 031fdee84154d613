"""Tell what the auditor sees as alarms of this service, and clear those that nobody has seen for a while.

Several auditors look beside each other. One that sees a fault keeps its alarm young, so that another, from where all
looks well, does not clear it.
"""

from collections.abc import Iterable

from services.alerts.domain.auditing import Alarm, Fault
from shared.messaging.alarms import clear_alarm, sustain_alarm
from shared.persistence.transaction import Transaction

SERVICE = "alerts"
OVER_AFTER_S = 12.0
_QUIET = """
SELECT alarm, subject FROM alarms
WHERE service = :service AND alarm = ANY(CAST(:alarms AS text[])) AND state <> 'cleared'
  AND last_at < app_now() - make_interval(secs => :over_after_s)
ORDER BY alarm, subject FOR UPDATE SKIP LOCKED
"""


async def tell_faults(tx: Transaction, *, told: Iterable[Fault], seen: Iterable[Fault]) -> None:
    """`told` have been seen for long enough; what is seen at all is not over yet."""
    for fault in sorted(told):
        await sustain_alarm(tx, service=SERVICE, alarm=fault.alarm, subject=fault.subject)
    seen = frozenset(seen)
    quiet = await tx.rows(_QUIET, service=SERVICE, alarms=[*Alarm], over_after_s=OVER_AFTER_S)
    for row in quiet:
        if Fault(Alarm(row["alarm"]), row["subject"]) not in seen:
            await clear_alarm(tx, service=SERVICE, alarm=row["alarm"], subject=row["subject"])
