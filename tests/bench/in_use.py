"""A database server that has been in use: its log goes into files that were there before.

In a new one every 16 MB are a file that is made, filled and synced (40 ms here) while somebody waits for a commit; one
that has run for a while takes those that a checkpoint has set free.
"""

import asyncpg

from tests.support.deployment import Deployment

# As many as the server keeps for use again (min_wal_size).
_LOG_FILES = 5


async def used_before(deployment: Deployment) -> None:
    connection = await asyncpg.connect(deployment.stack.wiring.databases.admin_dsn)
    try:
        for _ in range(_LOG_FILES):
            await connection.execute("SELECT pg_logical_emit_message(false, 'bench', 'a file of its own')")
            await connection.execute("SELECT pg_switch_wal()")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
