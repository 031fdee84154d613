"""An alarm of this very service is followed from its row, so that it pages somebody while Kafka is away.

The same step comes back later as an event. Whichever is first is followed, and marks the version as seen where the
consumer marks it; the other is then a repeat.
"""

from services.alerts.usecases.paging.follow_alarm import follow_alarm_state
from shared.contracts.topics import ALARMS
from shared.kernel.vocabulary import AlarmState
from shared.persistence.transaction import Transaction

SERVICE = "alerts"
_NEWS = """
SELECT :service || '/' || a.alarm || '/' || a.subject AS root, a.version, a.state
FROM alarms a LEFT JOIN applied p
  ON p.topic = :topic AND p.root = :service || '/' || a.alarm || '/' || a.subject
WHERE a.service = :service AND a.version > coalesce(p.version, 0)
ORDER BY a.last_at, root LIMIT 1
"""
_TAKE = """
INSERT INTO applied AS p (topic, root, version) VALUES (:topic, :root, :version)
ON CONFLICT (topic, root) DO UPDATE SET version = EXCLUDED.version WHERE p.version < EXCLUDED.version
"""


async def follow_own_alarm(tx: Transaction) -> bool:
    """One alarm; False if all have been followed."""
    news = await tx.row_or_none(_NEWS, service=SERVICE, topic=ALARMS.name)
    if news is None:
        return False
    if await tx.run(_TAKE, topic=ALARMS.name, root=news["root"], version=news["version"]):
        await follow_alarm_state(tx, news["root"], AlarmState(news["state"]))
    return True
