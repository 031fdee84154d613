"""Brings one service's database to its newest schema: the shared branch and the service's own, in one transaction.

Several starts at once are safe: a database-wide advisory lock lets one do it, the others find it done.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.persistence.database import create_engine

_HERE = Path(__file__).parent / "migrations"
_LOCK_KEY = 7_283_001


def _config(versions: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", _escaped(_HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{_escaped(_HERE / 'versions')}\n{_escaped(versions)}")
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


async def upgrade(dsn: str, versions: Path) -> None:
    """`versions`: the folder of the service's own migrations."""
    engine = create_engine(dsn, pool_size=1, application="truce-migrate")
    config = _config(versions)

    def run(connection: Connection) -> None:
        # A migration may take its time, and so may its turn; a lock on a table in use may not: all would queue behind.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        config.attributes["connection"] = connection
        # Not by `depends_on`: a revision that another depends on is no head in the database's own list any more.
        command.upgrade(config, "shared@head")
        command.upgrade(config, "heads")

    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


async def is_current(engine: AsyncEngine, versions: Path) -> bool:
    """Whether the database has exactly the revisions this code knows."""
    wanted = set(ScriptDirectory.from_config(_config(versions)).get_heads())
    async with engine.connect() as connection:
        have = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
    return set(have) == wanted
