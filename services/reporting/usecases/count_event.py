"""How many events of each type were applied, by the quarter hour in which they happened.

Quarter hours, because every time zone's days begin on one: the local day can be decided when a number is asked for.
An increment is not idempotent: the consumer calls this once per event, in the transaction of its position.
"""

from shared.contracts.event import Event
from shared.persistence.transaction import Transaction

_COUNT = """
INSERT INTO event_counts AS c (quarter_hour, topic, type, exercise, count, last_at)
SELECT date_bin('15 minutes', at, timestamptz 'epoch') AS quarter_hour, topic, type, exercise, count(*), max(at)
FROM unnest(CAST(:at AS timestamptz[]), CAST(:topic AS text[]), CAST(:type AS text[]), CAST(:exercise AS boolean[]))
    AS t (at, topic, type, exercise)
GROUP BY quarter_hour, topic, type, exercise ORDER BY quarter_hour, topic, type, exercise
ON CONFLICT (quarter_hour, topic, type, exercise) DO UPDATE
SET count = c.count + EXCLUDED.count, last_at = greatest(c.last_at, EXCLUDED.last_at)
"""


async def count_event(tx: Transaction, event: Event, *, exercise: bool) -> None:
    tx.put(_COUNT, at=event.at, topic=event.TOPIC.name, type=event.TYPE, exercise=exercise)
