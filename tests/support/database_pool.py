"""Databases that tests take over from each other, emptied: to make one and take it away costs more than most tests.

A file system that has just deleted three hundred files is slow to make three hundred anew. So a database is put back as
the migrations left it and, if its catalog is the template's to the letter, given to the next test; else it is dropped.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass

import asyncpg

from deploy.local.stack import LocalStack
from shared.kernel.ids import random_id
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
_SEQUENCES = (
    "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
)
_INSERTED = "SELECT tup_inserted FROM pg_stat_database WHERE datname = current_database()"
# Emptied row by row: what is larger is quicker dropped.
MOST_ROWS = 20_000


@dataclass(frozen=True)
class _Template:
    """As the migrations left it: a copy of each table that is not empty is in the schema `kept`."""

    tables: tuple[str, ...]
    filled: tuple[str, ...]
    app_now: str
    catalog: str


class DatabasePool:
    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._templates: dict[str, _Template] = {}
        self._making = asyncio.Lock()
        self._free: dict[str, list[str]] = defaultdict(list)

    async def take(self, service: str) -> str:
        """The name of a database as new."""
        async with self._making:
            if service not in self._templates:
                self._templates[service] = await self._make_template(service)
        if self._free[service]:
            return self._free[service].pop()
        owner, name = self._stack.wiring.databases.name(service), f"{service}_{random_id().hex[:10]}"
        await self._on_server(f'CREATE DATABASE "{name}" TEMPLATE "{owner}" OWNER "{owner}" STRATEGY WAL_LOG')
        return name

    async def give_back(self, service: str, name: str) -> None:
        """Nobody must be using it any more; whoever still is, is cut off."""
        if await self._is_as_new(service, name):
            self._free[service].append(name)
        else:
            await self._on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _make_template(self, service: str) -> _Template:
        await upgrade(self._stack.wiring.databases.dsn(service), versions_of(service))
        connection = await self._connect(self._stack.wiring.databases.name(service))
        try:
            tables = tuple(row["tablename"] for row in await connection.fetch(_TABLES))
            filled = tuple([name for name in tables if await connection.fetchval(f"SELECT EXISTS (TABLE {name})")])
            await connection.execute("CREATE SCHEMA kept")
            for name in filled:
                await connection.execute(f"CREATE TABLE kept.{name} AS TABLE public.{name}")
            return _Template(tables, filled, await connection.fetchval(_APP_NOW), await connection.fetchval(_CATALOG))
        finally:
            await connection.close()

    async def _is_as_new(self, service: str, name: str) -> bool:
        connection, template = await self._connect(name), self._templates[service]
        try:
            await connection.execute(_OTHERS)
            if await connection.fetchval(_INSERTED) > MOST_ROWS:
                return False
            there = {row["tablename"] for row in await connection.fetch(_TABLES)}
            added = [f'DROP TABLE "{table}" CASCADE' for table in sorted(there - set(template.tables))]
            if not there >= set(template.tables):
                return False
            await connection.execute("; ".join([*added, *_emptying(template)]))
            return bool(await connection.fetchval(_CATALOG) == template.catalog)
        finally:
            await connection.close()

    async def _on_server(self, statement: str) -> None:
        connection = await asyncpg.connect(self._stack.wiring.databases.admin_dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _connect(self, name: str) -> asyncpg.Connection:
        """As the superuser: triggers are put aside, as references between tables are."""
        return await asyncpg.connect(self._stack.wiring.databases.admin_dsn.rsplit("/", 1)[0] + f"/{name}")


def _emptying(template: _Template) -> list[str]:
    return [
        "SET session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in template.tables),
        *(f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{name}" for name in template.filled),
        template.app_now,
        _SEQUENCES,
        "SELECT pg_stat_reset()",
    ]
