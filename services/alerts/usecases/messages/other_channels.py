"""One message to one person by several channels, in the person's order.

Each channel has a delivery of its own, made with the message. The first is tried at once; each one behind it waits
`NEXT_CHANNEL_S` longer, and is brought forward when the one before it has definitely failed. What was delivered by one
channel stands by on the others no more. Whoever decides that somebody cannot be reached asks about all of them.
"""

from dataclasses import dataclass
from uuid import UUID

from shared.persistence.hint import DELIVERIES
from shared.persistence.transaction import Transaction

NEXT_CHANNEL_S = 5
# The next one that stands by, if none is behind that has been brought forward already.
_FORWARD = """
UPDATE deliveries SET next_attempt_at = clock_timestamp() WHERE id = (
    SELECT id FROM deliveries
    WHERE message_id = :message_id AND state = 'pending' AND attempts = 0 AND place > :place
      AND next_attempt_at > clock_timestamp()
    ORDER BY place LIMIT 1 FOR UPDATE SKIP LOCKED)
"""
# A notice that has arrived is not told again by another way; a question is, as long as its retries go on.
_SPARE = """
UPDATE deliveries SET state = 'cancelled', next_attempt_at = NULL, settled_at = clock_timestamp()
WHERE message_id IN (SELECT message_id FROM deliveries WHERE id = :id OR bundled_into = :id) AND id <> :id
  AND state IN ('pending', 'retry_scheduled') AND (attempts = 0 OR class = 'durable')
"""
_ALIVE = """
SELECT 1 FROM deliveries
WHERE message_id = :message_id AND id <> :id
  AND state IN ('pending', 'attempting', 'retry_scheduled', 'delivered', 'bundled') LIMIT 1
"""


@dataclass(frozen=True)
class Channel:
    """A delivery among those of its message. `message_id` None: there is no other. `carries_others`: see bundles."""

    delivery_id: UUID
    message_id: UUID | None
    place: int
    carries_others: bool = False


async def follow_channel(tx: Transaction, channel: Channel, state: str, *, definitely: bool) -> None:
    """After an attempt was settled as `state`. `definitely`: it failed, where a timeout only did not succeed."""
    if state == "delivered" and (channel.message_id is not None or channel.carries_others):
        await tx.run(_SPARE, id=channel.delivery_id)
    elif (
        definitely
        and channel.message_id is not None
        and await tx.run(_FORWARD, message_id=channel.message_id, place=channel.place)
    ):
        tx.wakes.add(DELIVERIES)


async def is_last_hope(tx: Transaction, channel: Channel) -> bool:
    """True if every other channel of the message is dead, or there is none."""
    if channel.message_id is None:
        return True
    return not await tx.rows(_ALIVE, message_id=channel.message_id, id=channel.delivery_id)
