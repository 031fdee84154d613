"""Queue a message for whoever has an enabled endpoint. The sender takes it from there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from services.alerts.usecases.messages.other_channels import NEXT_CHANNEL_S
from shared.persistence.hint import DELIVERIES
from shared.persistence.transaction import Row, Transaction

# By each endpoint in the person's order, the ones behind as stand-bys; what is urgent always comes, a notice may be
# muted.
_QUEUE = """
WITH own AS (
    SELECT id, breaker, count(*) OVER () AS channels, row_number() OVER (ORDER BY position, created_at, id) - 1 AS place
    FROM webhook_endpoints WHERE {whose} AND (:class_ = 'urgent' OR NOT 'truce.' || :kind = ANY(muted))
), message AS MATERIALIZED (SELECT gen_random_uuid() AS id)
INSERT INTO deliveries (id, class, kind, endpoint_id, incident_id, offer_id, page_id, body, state, attempts,
                        message_id, place, next_attempt_at)
SELECT gen_random_uuid(), :class_, :kind, own.id, :incident_id, :offer_id, :page_id, :body, 'pending', 0,
       CASE WHEN own.channels > 1 THEN message.id END, own.place,
       clock_timestamp() + make_interval(secs => own.place * :next_channel_s)
FROM own, message RETURNING deliveries.id, (SELECT bool_and(breaker = 'open') FROM own) AS failing
"""
_TO_ENDPOINT = _QUEUE.format(whose="id = :to")
_TO_INTERRUPTER = _QUEUE.format(whose="enabled AND owner_kind = 'interrupter' AND owner_id = :to")
_CANCEL = """
UPDATE deliveries SET state = 'cancelled', next_attempt_at = NULL, settled_at = clock_timestamp()
WHERE offer_id = :offer_id AND kind IN ('offer.made', 'assignment.made') AND state IN ('pending', 'retry_scheduled')
"""


@dataclass(frozen=True)
class Message:
    """`kind` names it in the delivery log; urgent ones are tried for seconds, the others for a day."""

    kind: str
    urgent: bool
    content: dict[str, Any]
    incident_id: UUID | None = None
    offer_id: UUID | None = None
    page_id: UUID | None = None


class Queued(NamedTuple):
    """To how many endpoints; 0 if the last of them was disabled meanwhile. `failing`: none of them can be relied on."""

    endpoints: int
    failing: bool


async def queue_for_interrupter(tx: Transaction, interrupter_id: UUID, message: Message) -> Queued:
    queued = await _queue(tx, _TO_INTERRUPTER, interrupter_id, message)
    return Queued(len(queued), failing=any(row["failing"] for row in queued))


async def queue(tx: Transaction, endpoint_id: UUID, message: Message) -> UUID | None:
    """The delivery's id; None for a notice that is muted there."""
    queued = await _queue(tx, _TO_ENDPOINT, endpoint_id, message)
    return queued[0]["id"] if queued else None


async def _queue(tx: Transaction, statement: str, to: UUID, message: Message) -> Sequence[Row]:
    """Serialised once: these bytes are signed and sent. The id is the `webhook-id`, the same over all attempts."""
    queued = await tx.rows(
        statement,
        to=to,
        class_="urgent" if message.urgent else "durable",
        kind=message.kind,
        incident_id=message.incident_id,
        offer_id=message.offer_id,
        page_id=message.page_id,
        next_channel_s=NEXT_CHANNEL_S,
        body=json.dumps(message.content, separators=(",", ":")).encode(),
    )
    tx.wakes.add(DELIVERIES)
    return queued


async def cancel_offer_deliveries(tx: Transaction, offer_id: UUID) -> None:
    """The question, or the news of an assignment: what was not sent yet is not sent any more.

    An attempt under way ends by itself and is not repeated.
    """
    await tx.run(_CANCEL, offer_id=offer_id)
