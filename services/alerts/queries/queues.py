"""What `status` tells of alerts beside what it tells of every service: work that is due, messages and pages."""

from collections.abc import Sequence

from services.alerts.queries.overdue import read_overdue
from shared.messaging.queues import QueueState
from shared.persistence.transaction import Row, Transaction

_QUEUES = """
SELECT 'messages waiting' AS name, count(*) AS count,
       extract(epoch FROM clock_timestamp() - min(created_at)) AS oldest_s, false AS is_wrong
FROM deliveries WHERE state IN ('pending', 'retry_scheduled')
UNION ALL
SELECT 'messages dead in the last day', count(*), extract(epoch FROM clock_timestamp() - min(settled_at)), false
FROM deliveries WHERE state = 'dead' AND settled_at > clock_timestamp() - interval '1 day'
UNION ALL
SELECT 'pages that nobody has acknowledged', count(*), extract(epoch FROM app_now() - min(raised_at)),
       coalesce(min(raised_at) < app_now() - interval '5 minutes', false)
FROM pages WHERE state = 'open'
"""
_DESKS = "SELECT count(*) AS count FROM webhook_endpoints WHERE enabled AND owner_kind = 'duty_dispatcher'"


async def read_queues(tx: Transaction) -> Sequence[QueueState]:
    overdue = [
        QueueState(f"overdue {late.queue}", late.count, round(late.oldest_s, 1), is_wrong=late.count > 0)
        for late in await read_overdue(tx)
    ]
    desks = (await tx.row(_DESKS))["count"]
    return [
        *overdue,
        *(_queue(row) for row in await tx.rows(_QUEUES)),
        QueueState("duty dispatcher's endpoints", desks, 0.0, is_wrong=desks == 0),
    ]


def _queue(row: Row) -> QueueState:
    return QueueState(row["name"], row["count"], round(float(row["oldest_s"] or 0), 1), is_wrong=row["is_wrong"])
