"""Whether people's phones take messages: there is an endpoint, and the last message to it got there."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from shared.persistence.transaction import Row, Transaction

# An endpoint fails while its breaker is open, or if its last message is dead; what was cancelled says nothing about it.
# By index, and no farther back than a week.
_PHONES = """
SELECT w.id AS interrupter_id, count(e.id) AS endpoints,
       coalesce(bool_or(e.breaker <> 'open' AND (failed.settled_at IS NULL OR taken.settled_at > failed.settled_at)),
                false) AS works,
       max(taken.settled_at) AS last_taken_at, max(failed.settled_at) AS last_failed_at
FROM unnest(CAST(:ids AS uuid[])) AS w (id)
LEFT JOIN webhook_endpoints e ON e.owner_kind = 'interrupter' AND e.owner_id = w.id AND e.enabled
LEFT JOIN LATERAL (
    SELECT settled_at FROM deliveries WHERE endpoint_id = e.id AND state = 'delivered'
      AND created_at > clock_timestamp() - interval '7 days' ORDER BY created_at DESC LIMIT 1) taken ON true
LEFT JOIN LATERAL (
    SELECT settled_at FROM deliveries WHERE endpoint_id = e.id AND state = 'dead'
      AND created_at > clock_timestamp() - interval '7 days' ORDER BY created_at DESC LIMIT 1) failed ON true
GROUP BY w.id
"""


class Phone(BaseModel):
    """`works`: there is an endpoint that is not known to fail. `endpoints`: how many are enabled."""

    works: bool
    endpoints: int
    last_taken_at: datetime | None
    last_failed_at: datetime | None


async def phones_of(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, Phone]:
    """For everybody asked about."""
    return {row["interrupter_id"]: _phone(row) for row in await tx.rows(_PHONES, ids=list(ids))}


def _phone(row: Row) -> Phone:
    return Phone(**{name: row[name] for name in Phone.model_fields})
