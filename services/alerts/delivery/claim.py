"""Claim: take due messages for one attempt each, under a lease that outlives the attempt.

A sender that dies between claim and settling leaves a lease that runs out; the attempt is then made again with the same
`webhook-id`. At most `PER_ENDPOINT` attempts are under way per endpoint and class, over all senders,
so that notices never stand before a page. A notice waits while its phone had as many texts in a minute as the
policy in force allows to one of its kind; what is urgent never does.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.alerts.delivery.schedule import DeliveryClass
from services.alerts.domain.channels import EndpointKind
from services.alerts.domain.policy import TEXTS_PER_MINUTE
from shared.persistence.transaction import Transaction

PER_ENDPOINT = 2
# More than any schedule has: beyond it settling itself fails, and the phone must not ring for ever.
MOST_ATTEMPTS = 20
# A timeout of each class, and some seconds to settle; until then nobody else takes the message. What is under way
# stands first in its endpoint's line, all in one sort: with a join the time grew by the square of those that hang,
# whenever the statistics were from a moment when nothing was under way. The policy says one number of texts, or one
# for each kind; it is read once, and only if a notice waits for a phone.
CLAIM = """
WITH clock AS MATERIALIZED (
    SELECT clock_timestamp() AS now
), waiting AS MATERIALIZED (
    SELECT id, endpoint_id, class, next_attempt_at FROM deliveries
    WHERE state IN ('pending', 'retry_scheduled') AND next_attempt_at <= (SELECT now FROM clock)
      AND attempts < :most_attempts
    UNION ALL
    SELECT id, endpoint_id, class, NULL FROM deliveries
    WHERE state = 'attempting' AND lease_until < (SELECT now FROM clock) AND attempts < :most_attempts
), placed AS (
    SELECT id, under_way, row_number() OVER line AS place, count(*) FILTER (WHERE under_way) OVER line AS beside
    FROM (
        SELECT id, endpoint_id, class = 'urgent' AS is_urgent, next_attempt_at, false AS under_way FROM waiting
        UNION ALL
        SELECT id, endpoint_id, class = 'urgent', NULL, true FROM deliveries
        WHERE state = 'attempting' AND lease_until >= (SELECT now FROM clock) AND EXISTS (SELECT FROM waiting)) c
    WINDOW line AS (PARTITION BY endpoint_id, is_urgent ORDER BY under_way DESC, next_attempt_at NULLS FIRST)
), in_force AS MATERIALIZED (
    SELECT body -> 'texts_per_minute' AS texts FROM policies ORDER BY loaded_at DESC, version DESC LIMIT 1
), due AS (
    SELECT d.id FROM placed w JOIN deliveries d USING (id)
    WHERE NOT w.under_way AND w.place <= :per_endpoint
      AND ((d.state IN ('pending', 'retry_scheduled') AND d.next_attempt_at <= clock_timestamp())
           OR (d.state = 'attempting' AND d.lease_until < clock_timestamp()))
      AND (d.class = 'urgent'
           OR NOT EXISTS (SELECT FROM webhook_endpoints t WHERE t.id = d.endpoint_id AND t.kind <> 'webhook')
           OR (w.place = 1 AND coalesce((
               SELECT CAST(CASE jsonb_typeof(p.texts) WHEN 'object' THEN p.texts -> t.kind ELSE p.texts END AS integer)
               FROM in_force p, webhook_endpoints t WHERE t.id = d.endpoint_id), :texts_per_minute) > (
               SELECT count(*) FROM deliveries r
               WHERE r.endpoint_id = d.endpoint_id AND r.created_at > clock_timestamp() - interval '2 days'
                 AND r.id <> d.id AND r.first_attempt_at > clock_timestamp() - interval '1 minute')))
    ORDER BY d.class DESC, w.beside, d.next_attempt_at NULLS FIRST LIMIT :most
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE deliveries d SET state = 'attempting', attempts = d.attempts + 1, next_attempt_at = NULL,
    lease_until = clock_timestamp() + CASE d.class WHEN 'urgent' THEN interval '8 seconds'
                                                   ELSE interval '25 seconds' END,
    first_attempt_at = coalesce(d.first_attempt_at, clock_timestamp())
FROM due, webhook_endpoints e WHERE d.id = due.id AND e.id = d.endpoint_id
RETURNING d.id, d.class, d.created_at, d.kind, d.endpoint_id, d.offer_id, d.body, d.attempts, d.first_attempt_at,
          d.message_id, d.place, e.kind AS endpoint_kind, e.url, e.secret_sealed, e.address_sealed, e.enabled,
          clock_timestamp() AS at,
          CASE WHEN e.previous_secret_until > clock_timestamp() THEN e.previous_secret_sealed END
              AS previous_secret_sealed,
          e.breaker = 'closed' AND e.failures = 0 AS endpoint_is_well
"""


@dataclass(frozen=True)
class Claimed:
    """A webhook has `url` and `secret_sealed`, a text channel `address_sealed`. `message_id` is shared by all channels.

    `previous_secret_sealed`: of the key that is being replaced, as long as it signs beside the other.
    `endpoint_is_well`: the attempt before, of whichever message, succeeded.
    """

    id: UUID
    delivery_class: DeliveryClass
    kind: str
    endpoint_id: UUID
    offer_id: UUID | None
    body: bytes
    number: int
    at: datetime
    queued_at: datetime
    first_at: datetime
    message_id: UUID | None
    place: int
    endpoint_kind: EndpointKind
    url: str | None
    secret_sealed: bytes | None
    address_sealed: bytes | None
    previous_secret_sealed: bytes | None
    enabled: bool
    endpoint_is_well: bool


async def claim(tx: Transaction, *, most: int, per_endpoint: int = PER_ENDPOINT) -> list[Claimed]:
    """First those of endpoints with nothing under way: who hangs already stands behind who may not."""
    rows = await tx.rows(
        CLAIM,
        per_endpoint=per_endpoint,
        most_attempts=MOST_ATTEMPTS,
        texts_per_minute=TEXTS_PER_MINUTE,
        most=most,
    )
    return [
        Claimed(
            id=row["id"],
            delivery_class=DeliveryClass(row["class"]),
            kind=row["kind"],
            endpoint_id=row["endpoint_id"],
            offer_id=row["offer_id"],
            body=row["body"],
            number=row["attempts"],
            at=row["at"],
            queued_at=row["created_at"],
            first_at=row["first_attempt_at"],
            message_id=row["message_id"],
            place=row["place"],
            endpoint_kind=EndpointKind(row["endpoint_kind"]),
            url=row["url"],
            secret_sealed=row["secret_sealed"],
            address_sealed=row["address_sealed"],
            previous_secret_sealed=row["previous_secret_sealed"],
            enabled=row["enabled"],
            endpoint_is_well=row["endpoint_is_well"],
        )
        for row in rows
    ]
