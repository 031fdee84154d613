"""Planted: what is known is looked up without the locks, and no index keeps two from opening what only one may."""

from tests.chaos.ground import Ground

_SOURCE = "SELECT pg_get_functiondef('look_around'::regproc)"


def plant(process: str) -> None:
    """The database alone is undermined: it is what decides."""
    del process


async def undermine(ground: Ground) -> None:
    connection = await ground.connect("intake")
    try:
        guarded = await connection.fetchval(_SOURCE)
        await connection.execute(guarded.replace("pg_advisory_xact_lock", "pg_try_advisory_xact_lock"))
        await connection.execute("DROP INDEX incidents_source_ref")
        await connection.execute("CREATE INDEX incidents_source_ref ON incidents (source, source_ref)")
        await connection.execute("DROP INDEX reports_content")
        await connection.execute("CREATE INDEX reports_content ON reports (source, source_ref, content_sha256)")
    finally:
        await connection.close()
