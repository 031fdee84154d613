"""Notices to a phone that have piled up go out as one text. What is urgent is never among them, nor waits for them.

The bundle is rows: those that go with another message say with which, and the delivery log shows it. A bundle that is
tried again is the same one.
"""

from uuid import UUID

from shared.persistence.transaction import Transaction

MOST_IN_ONE = 10
_TAKE = """
UPDATE deliveries SET state = 'bundled', bundled_into = :carrier, next_attempt_at = NULL,
    settled_at = clock_timestamp()
WHERE id IN (
    SELECT id FROM deliveries
    WHERE endpoint_id = :endpoint_id AND id <> :carrier AND class = 'durable' AND state = 'pending' AND attempts = 0
      AND place = 0
    ORDER BY created_at, id LIMIT :most FOR UPDATE SKIP LOCKED)
"""
# A carrier that died and is sent again takes them along.
_BUNDLED = """
SELECT id, body FROM deliveries
WHERE bundled_into IN (SELECT CAST(:carrier AS uuid) UNION ALL SELECT replay_of FROM deliveries WHERE id = :carrier)
ORDER BY created_at, id
"""


async def bundle_notices(
    tx: Transaction, endpoint_id: UUID, carrier: UUID, *, is_first_attempt: bool
) -> list[tuple[UUID, bytes]]:
    """What goes out with `carrier`, which has been claimed: each one's id, which its link is made of, and body."""
    if is_first_attempt:
        await tx.run(_TAKE, endpoint_id=endpoint_id, carrier=carrier, most=MOST_IN_ONE - 1)
    return [(row["id"], bytes(row["body"])) for row in await tx.rows(_BUNDLED, carrier=carrier)]
