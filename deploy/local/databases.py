"""One role and one database per service on a given server. Repeating it changes nothing but the password."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import asyncpg

from deploy.local.credentials import SERVICES, Credentials
from deploy.local.failures import StackFailure

_Task = Callable[[asyncpg.Connection, str], Awaitable[None]]


@dataclass(frozen=True)
class Databases:
    """`suffix` keeps stacks that share a server apart; it names roles and databases alike."""

    admin_dsn: str
    credentials: Credentials
    suffix: str = ""

    def name(self, service: str) -> str:
        return f"truce_{service}{self.suffix}"

    def dsn(self, service: str) -> str:
        server, name = urlsplit(self.admin_dsn), self.name(service)
        where = f"{server.hostname}:{server.port or 5432}"
        return f"postgresql://{name}:{quote(self.credentials.services[service])}@{where}/{name}"

    async def ensure(self) -> None:
        await asyncio.gather(*(self._on_server(self._ensure_one, service) for service in SERVICES))

    async def drop(self) -> None:
        """Refuses without a suffix: what people keep is never dropped by a stack that starts clean."""
        if not self.suffix:
            raise StackFailure("The databases without a suffix are the ones people keep: drop them by hand.")
        await asyncio.gather(*(self._on_server(self._drop_one, service) for service in SERVICES))

    async def _on_server(self, task: _Task, service: str) -> None:
        connection = await asyncpg.connect(self.admin_dsn)
        try:
            await task(connection, service)
        finally:
            await connection.close()

    async def _ensure_one(self, connection: asyncpg.Connection, service: str) -> None:
        name = self.name(service)
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
            await connection.execute(f'CREATE ROLE "{name}" LOGIN')
        password = await connection.fetchval("SELECT quote_literal($1)", self.credentials.services[service])
        await connection.execute(f'ALTER ROLE "{name}" PASSWORD {password}')
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return
        # A creator that is no superuser must be a member of the role it makes the owner.
        await connection.execute(f'GRANT "{name}" TO CURRENT_USER')
        await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
        await connection.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')

    async def _drop_one(self, connection: asyncpg.Connection, service: str) -> None:
        await connection.execute(f'DROP DATABASE IF EXISTS "{self.name(service)}" WITH (FORCE)')
        await connection.execute(f'DROP ROLE IF EXISTS "{self.name(service)}"')
