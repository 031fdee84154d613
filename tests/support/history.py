"""A history of incidents as intake has it, to be held against itself after the same was told again."""

from dataclasses import dataclass

from shared.persistence.database import Database

_HISTORY = """
SELECT count(*) AS incidents, (SELECT count(*) FROM reports) AS reports,
       (SELECT count(*) FROM outbox WHERE topic = 'intake.incidents') AS events,
       md5(string_agg(md5(CAST(i AS text)), '' ORDER BY id)) AS digest
FROM incidents i
"""


@dataclass(frozen=True)
class History:
    """`digest`: of every column of every incident."""

    incidents: int
    reports: int
    events: int
    digest: str


async def history_of(db: Database) -> History:
    async with db.transaction() as tx:
        return History(**await tx.row(_HISTORY))


async def forget_keys(db: Database) -> None:
    """As after their thirty days: what is told again is known by its reference alone."""
    async with db.transaction() as tx:
        await tx.run("DELETE FROM idempotency_keys")
