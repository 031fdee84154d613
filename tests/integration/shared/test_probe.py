import asyncio, asyncpg
from pathlib import Path
from tests.support.deployment import Deployment
async def test_probe(deployment):
    db = await deployment.database("casework")
    from shared.persistence.sqlstate import is_transient, sqlstate
    for p in (2**70, "x", "\ud800"):
        try:
            async with db.transaction() as tx:
                await tx.run("SELECT CAST(:x AS bigint)" if p != "\ud800" else "SELECT CAST(:x AS text)", x=p)
        except Exception as e:
            print(repr(p), type(e).__mro__[:4], type(e.orig), repr(e.orig.__cause__), type(e.orig.__cause__).__mro__, is_transient(e), sqlstate(e))
