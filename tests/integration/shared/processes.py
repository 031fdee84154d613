"""Real processes of a service, as a supervisor would run them: started with variables, ended with signals."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from typer.testing import CliRunner

from deploy.local.ports import free_ports
from deploy.local.processes import Process
from services.casework.__main__ import cli
from tests.integration.shared.notebook import SERVICE
from tests.support.births import BIRTHS
from tests.support.waiting import eventually


class Running:
    """`output` is everything it said."""

    def __init__(self, process: Process, port: int, output: Path) -> None:
        self._process = process
        self._output = output
        self.port = port

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    async def answers(self, path: str = "/livez") -> bool:
        try:
            async with aiohttp.ClientSession() as session, session.get(self.url + path) as response:
                return response.status == 200
        except aiohttp.ClientError:
            assert not self.has_ended, self.output
            return False

    def tell(self, what: signal.Signals) -> None:
        self._process.send_signal(what)

    async def ended(self, *, within_s: float) -> int:
        return await asyncio.wait_for(self._process.wait(), within_s)


@asynccontextmanager
async def role(
    name: str, folder: Path, *, dsn: str, kafka: str, prefix: str = "", issuer: str = "http://127.0.0.1:1", **more: str
) -> AsyncIterator[Running]:
    """One role of the service in a session of its own, alive and answering; killed at the end if it still runs.

    `more`: further settings by their variables' last words.
    """
    (port,) = free_ports(1)
    output = folder / f"{name}-{port}.log"
    variables = environment(dsn, kafka, prefix, port, issuer, **more)
    process = await BIRTHS.born(output, f"services.{SERVICE}", *name.split(), environment=variables)
    running = Running(process, port, output)
    try:
        await eventually(running.answers, within_s=30)
        yield running
    finally:
        if not running.has_ended:
            process.send_signal(signal.SIGKILL)
            await process.wait()


async def verb(*words: str, dsn: str, kafka: str, prefix: str = "") -> tuple[int, str]:
    """Runs a command to its end, in a thread with a loop of its own: its exit code and what it said."""
    variables = environment(dsn, kafka, prefix, 0)
    done = await asyncio.to_thread(CliRunner().invoke, cli, words, env=variables)
    failed = done.exception if not isinstance(done.exception, SystemExit) else None
    return done.exit_code, done.output + (repr(failed) if failed else "")


def environment(
    dsn: str, kafka: str, prefix: str, port: int, issuer: str = "http://127.0.0.1:1", **more: str
) -> dict[str, str]:
    settings = {
        "POSTGRES_DSN": dsn,
        "KAFKA_BOOTSTRAP": kafka,
        "TOPIC_PREFIX": prefix,
        "HTTP_PORT": str(port),
        "METRICS_PORT": str(port),
        "OIDC_ISSUER": issuer,
        "ENVIRONMENT": "test",
    }
    return dict(os.environ) | {f"TRUCE_{SERVICE.upper()}_{name}": value for name, value in (settings | more).items()}
