"""Under which reference a chain of messages goes on that one of its messages continues.

A message need name but one that was before it, so what its source has sent before tells what it belongs to. Messages of
one source are taken one after the other, or the second of two that come at once would not find the first. The lock is
taken before those of references and cells, and nobody who holds one of those waits for it.
"""

from collections.abc import Sequence

from shared.persistence.transaction import Transaction

# No reference is empty: it is nobody else's lock.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(CAST(:source AS text) || chr(31), 0))"
_KNOWN = """
WITH named AS (SELECT name, place FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS told (name, place))
SELECT source_ref FROM (
    SELECT 0 AS place, 0 AS rank, position, source_ref FROM reports
    WHERE source = :source AND message_id = CAST(:own AS text)
    UNION ALL
    SELECT place, 0, position, source_ref FROM named JOIN reports ON source = :source AND message_id = name
    UNION ALL
    SELECT place, 1, position, source_ref FROM named JOIN reports ON source = :source AND source_ref = name
) AS known ORDER BY place, rank, position DESC LIMIT 1
"""


async def chain_of(tx: Transaction, source: str, own: str | None, earlier: Sequence[str]) -> str | None:
    """The reference of the chain of `own`, if it was sent before, else of the earliest of `earlier` that this source
    has sent or referred to. None if it has none of them.
    """
    await tx.run(_LOCK, source=source)
    row = await tx.row_or_none(_KNOWN, source=source, own=own, names=list(earlier))
    return None if row is None else str(row["source_ref"])
