"""Planted: a reference is looked up and then inserted, and no index keeps two from doing so at once."""

from services.intake.queries import incidents
from services.intake.tables import IncidentRow
from services.intake.usecases import open_incident
from shared.persistence.transaction import Transaction
from tests.chaos.ground import Ground

_KNOWN = "SELECT id FROM incidents WHERE source = :source AND source_ref = :source_ref"


def plant(process: str) -> None:
    insert = incidents._INSERT.partition("ON CONFLICT")[0]  # noqa: SLF001 - the statement without its guard

    async def look_then_insert(tx: Transaction, row: IncidentRow) -> bool:
        if await tx.rows(_KNOWN, source=row.source, source_ref=row.source_ref):
            return False
        return await tx.run(insert, **row.model_dump()) == 1

    if process == "intake-api":
        open_incident.insert_unless_known = look_then_insert


async def undermine(ground: Ground) -> None:
    connection = await ground.connect("intake")
    try:
        await connection.execute("DROP INDEX incidents_source_ref")
        await connection.execute("CREATE INDEX incidents_source_ref ON incidents (source, source_ref)")
    finally:
        await connection.close()
