"""What the engine should have done by now and has not, by queue. Each count reads an index of what is due.

Business deadlines are judged on `app_now()`, messages in real time. A crowded endpoint is its receiver's fault: what
waits for one with an attempt under way is not counted, nor a text that waits so that its phone is not flooded.
"""

from dataclasses import dataclass

from shared.persistence.transaction import Transaction

GRACE_S = 10.0
_OVERDUE = """
SELECT 'offers' AS queue, count(*) AS overdue, extract(epoch FROM app_now() - min(next_action_at)) AS oldest_s
FROM offers WHERE state IN ('open', 'acknowledged') AND next_action_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'dispatches', count(*), extract(epoch FROM app_now() - min(reconsider_at))
FROM dispatches WHERE reconsider_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'pages', count(*), extract(epoch FROM app_now() - min(next_action_at))
FROM pages WHERE state = 'open' AND next_action_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'escalations', count(*), extract(epoch FROM app_now() - min(escalate_at))
FROM dispatches WHERE escalate_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'arrivals', count(*), extract(epoch FROM app_now() - min(on_scene_by))
FROM assignments WHERE on_scene_by < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'check_ins', count(*), extract(epoch FROM app_now() - min(check_in_next_at))
FROM assignments WHERE check_in_next_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'duty', count(*), extract(epoch FROM app_now() - min(duty_next_at))
FROM interrupters WHERE duty_next_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'safety_holds', count(*), extract(epoch FROM app_now() - min(until))
FROM safety_holds WHERE ended_at IS NULL AND until < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'triages', count(*), extract(epoch FROM app_now() - min(next_action_at))
FROM triages WHERE next_action_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'plan_steps', count(*), extract(epoch FROM app_now() - min(next_action_at))
FROM plan_steps WHERE next_action_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'shift_trades', count(*), extract(epoch FROM app_now() - min(lapses_at))
FROM shift_trades WHERE state = 'requested' AND lapses_at < app_now() - make_interval(secs => :grace_s)
UNION ALL
SELECT 'deliveries', count(*), extract(epoch FROM clock_timestamp() - min(next_attempt_at))
FROM deliveries d WHERE state IN ('pending', 'retry_scheduled')
  AND next_attempt_at < clock_timestamp() - make_interval(secs => :grace_s)
  AND (next_attempt_at < clock_timestamp() - interval '2 minutes' OR d.class = 'urgent'
       OR EXISTS (SELECT FROM webhook_endpoints e WHERE e.id = d.endpoint_id AND e.kind = 'webhook'))
  AND NOT EXISTS (SELECT FROM deliveries busy WHERE busy.state = 'attempting' AND busy.class = d.class
                  AND busy.endpoint_id = d.endpoint_id AND busy.lease_until >= clock_timestamp())
UNION ALL
SELECT 'attempts', count(*), extract(epoch FROM clock_timestamp() - min(lease_until))
FROM deliveries WHERE state = 'attempting' AND lease_until < clock_timestamp() - make_interval(secs => :grace_s)
"""


@dataclass(frozen=True)
class Overdue:
    """`queue`: offers, dispatches (to be looked at again), pages, escalations, arrivals, check-ins, triages, plan
    steps (to be told of), duty (a shift begins or ends), shift trades (to lapse), safety holds,
    deliveries, attempts (begun and never settled).
    """

    queue: str
    count: int
    oldest_s: float


async def read_overdue(tx: Transaction, *, grace_s: float = GRACE_S) -> list[Overdue]:
    """Every queue, those with nothing overdue too."""
    rows = await tx.rows(_OVERDUE, grace_s=grace_s)
    return [Overdue(row["queue"], row["overdue"], float(row["oldest_s"] or 0)) for row in rows]
