"""Databases that tests take over from each other, emptied: to make one and take it away costs more than most tests.

A file system that has just deleted three hundred files is slow to make three hundred anew. So a database is put back as
its template was and, if its catalog is the template's to the letter, given to the next test; else it is dropped. A
template is what the migrations left, or more: with a programme that many tests would each load.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import asyncpg

from deploy.local.stack import LocalStack
from shared.kernel.ids import random_id
from shared.persistence.database import Database
from shared.persistence.migrate import upgrade
from shared.runtime.migrate import versions_of

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_APP_NOW = "SELECT pg_get_functiondef('public.app_now'::regproc)"
# Whatever a test may have made, altered or taken away; what it put into tables is another matter.
_CATALOG = """
SELECT md5(string_agg(word, ' ' ORDER BY word)) FROM (
    SELECT concat_ws(',', relname, relkind, relnatts, relacl::text, relrowsecurity, reloptions::text)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(',', attrelid::regclass, attname, atttypid, attnotnull, attisdropped) FROM pg_attribute
        WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL SELECT concat_ws(',', conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(',', tgname, tgrelid::regclass, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(',', proname, prosrc, proacl::text) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(',', evtname) FROM pg_event_trigger
    UNION ALL SELECT concat_ws(',', nspname, nspacl::text) FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'
    UNION ALL SELECT setconfig::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE datname = current_database()
) AS words (word)
"""
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Where each sequence stands, as the statement that sets it there.
_SEQUENCES = """
SELECT format('SELECT setval(%L, %s, %L)', oid::regclass, coalesce(pg_sequence_last_value(oid), 1),
              pg_sequence_last_value(oid) IS NOT NULL)
FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
_INSERTED = "SELECT tup_inserted FROM pg_stat_database WHERE datname = current_database()"
# Emptied row by row: what is larger is quicker dropped.
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Contents:
    """What a database of the service begins with. `fill`: puts in what the migrations did not, once for all tests."""

    service: str
    name: str = ""
    fill: Callable[[Database], Awaitable[object]] | None = None


@dataclass(frozen=True)
class _Template:
    """A copy of each table that is not empty is in the schema `kept`. `rows`: which ones of them stand where."""

    database: str
    tables: tuple[str, ...]
    filled: tuple[str, ...]
    sequences: tuple[str, ...]
    app_now: str
    catalog: str
    rows: dict[str, str]


class DatabasePool:
    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._templates: dict[Contents, _Template] = {}
        self._making = asyncio.Lock()
        self._free: dict[Contents, list[str]] = defaultdict(list)
        self._rows: dict[str, dict[str, str]] = {}

    async def take(self, contents: Contents) -> str:
        """The name of a database as new."""
        async with self._making:
            template = await self._template(contents)
        if self._free[contents]:
            return self._free[contents].pop()
        name = f"{contents.service}_{random_id().hex[:10]}"
        await self._copy(contents.service, template.database, name)
        self._rows[name] = template.rows
        return name

    async def give_back(self, contents: Contents, name: str) -> None:
        """Nobody must be using it any more; whoever still is, is cut off."""
        if await self._is_as_new(self._templates[contents], name):
            self._free[contents].append(name)
        else:
            await self._on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _template(self, contents: Contents) -> _Template:
        if contents not in self._templates:
            self._templates[contents] = await self._make_template(contents)
        return self._templates[contents]

    async def _make_template(self, contents: Contents) -> _Template:
        service, databases = contents.service, self._stack.wiring.databases
        database = databases.name(service)
        if contents.fill is None:
            await upgrade(databases.dsn(service), versions_of(service))
        else:
            empty, database = await self._template(Contents(service)), f"{database}_{contents.name}"
            await self._copy(service, empty.database, database)
            db = Database(databases.dsn(service).rsplit("/", 1)[0] + f"/{database}", pool_size=1)
            try:
                await contents.fill(db)
            finally:
                await db.close()
        connection = await self._connect(database)
        try:
            return await _remembered(connection, database)
        finally:
            await connection.close()

    async def _is_as_new(self, template: _Template, name: str) -> bool:
        connection = await self._connect(name)
        try:
            await connection.execute(_OTHERS)
            if await connection.fetchval(_INSERTED) > MOST_ROWS:
                return False
            there = {row["tablename"] for row in await connection.fetch(_TABLES)}
            added = [f'DROP TABLE "{table}" CASCADE' for table in sorted(there - set(template.tables))]
            if not there >= set(template.tables):
                return False
            rows, known = await _rows_of(connection, template.filled), self._rows[name]
            changed = [table for table in template.filled if rows[table] != known[table]]
            await connection.execute("; ".join([*added, *_putting_back(template, changed)]))
            self._rows[name] = rows | await _rows_of(connection, changed)
            return bool(await connection.fetchval(_CATALOG) == template.catalog)
        finally:
            await connection.close()

    async def _copy(self, service: str, template: str, name: str) -> None:
        owner = self._stack.wiring.databases.name(service)
        await self._on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{owner}" STRATEGY WAL_LOG')

    async def _on_server(self, statement: str) -> None:
        connection = await asyncpg.connect(self._stack.wiring.databases.admin_dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _connect(self, name: str) -> asyncpg.Connection:
        """As the superuser: triggers are put aside, as references between tables are."""
        return await asyncpg.connect(self._stack.wiring.databases.admin_dsn.rsplit("/", 1)[0] + f"/{name}")


async def _remembered(connection: asyncpg.Connection, database: str) -> _Template:
    tables = tuple(row["tablename"] for row in await connection.fetch(_TABLES))
    filled = tuple([name for name in tables if await connection.fetchval(f"SELECT EXISTS (TABLE {name})")])
    await connection.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
    for name in filled:
        await connection.execute(f"CREATE TABLE kept.{name} AS TABLE public.{name}")
    return _Template(
        database,
        tables,
        filled,
        tuple(row[0] for row in await connection.fetch(_SEQUENCES)),
        await connection.fetchval(_APP_NOW),
        await connection.fetchval(_CATALOG),
        await _rows_of(connection, filled),
    )


async def _rows_of(connection: asyncpg.Connection, tables: Iterable[str]) -> dict[str, str]:
    """Where each row stands and who wrote it there: while that is so, it is the same row."""
    found = "SELECT '{0}', md5(string_agg(concat(ctid, xmin), ' ' ORDER BY ctid)) FROM {0}"
    rows = await connection.fetch(" UNION ALL ".join(found.format(name) for name in tables)) if tables else []
    return dict(rows)


def _putting_back(template: _Template, changed: list[str]) -> list[str]:
    emptied = [name for name in template.tables if name in changed or name not in template.filled]
    return [
        "SET session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in emptied),
        *(f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{name}" for name in changed),
        template.app_now,
        *template.sequences,
        "SELECT pg_stat_reset()",
    ]
