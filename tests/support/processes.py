"""A whole deployment as real processes under the real supervisor, with the same handles as `Deployment`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.local.ports import Ports
from deploy.local.processes import run_to_end
from deploy.local.stack import LocalStack, StackOptions
from deploy.local.topology import migration
from shared.contracts.topics import SERVICES
from shared.persistence.database import Database
from tests.support.clock import shift_app_now
from tests.support.phones import PhoneNetwork
from tests.support.world import PROGRAMME, World


async def load_programme(stack: LocalStack, folder: Path, policy: str = "dispatch_policy.json") -> None:
    """Into all services, through their own command lines. `policy`: a file in the folder, or an absolute path."""
    spec = replace(
        migration(stack.wiring),
        name="load-programme",
        command=[sys.executable, "-m", "deploy.local.programme", str(folder), policy],
    )
    log = stack.supervisor.log_path(spec.name)
    assert await run_to_end(spec, log) == 0, log.read_text()


@asynccontextmanager
async def city_of_processes(folder: Path) -> AsyncIterator[World]:
    """A world on a stack of its own. The caller ends it (`world.end`) when its story is told."""
    stack = LocalStack(folder, Ports.free(), StackOptions(durable=False))
    phones = PhoneNetwork()
    await phones.open()
    try:
        await stack.start()
        await load_programme(stack, PROGRAMME)
        processes = Processes(stack)
        world = World(processes, phones)
        await world.begin()
        yield world
        await processes.close()
    finally:
        await phones.close()
        await stack.stop()
        stack.wipe()


class Processes:
    """`start` is nothing to do: the supervisor runs every role already."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.offset = timedelta(0)
        self._exit = AsyncExitStack()

    def token(self, *roles: str, **claims: Any) -> str:
        return self.stack.token(roles, **{name: value and str(value) for name, value in claims.items()})

    async def client(self, service: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(base_url=self.stack.wiring.url(service), trust_env=False)
        return await self._exit.enter_async_context(client)

    async def database(self, service: str) -> Database:
        db = Database(self.stack.wiring.databases.dsn(service), pool_size=2)
        self._exit.push_async_callback(db.close)
        return db

    async def start(self, service: str, role: str) -> None:
        await self.stack.process(f"{service}-{role}").until_ready()

    async def advance(self, **by: float) -> None:
        self.offset += timedelta(**by)
        await asyncio.gather(
            *(shift_app_now(self.stack.wiring.databases.dsn(service), self.offset) for service in SERVICES)
        )

    async def close(self) -> None:
        await self._exit.aclose()
