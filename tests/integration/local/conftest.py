"""Stacks and stand-in processes of this folder's tests. Real processes: stand-ins are Python's own server."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.ports import Ports
from deploy.local.probes import AnswersOk
from deploy.local.processes import ProcessSpec
from deploy.local.stack import LocalStack, StackOptions
from deploy.local.supervisor import Supervisor

MakeSupervisor = Callable[..., Supervisor]


def web_server(name: str, port: int) -> ProcessSpec:
    return ProcessSpec(
        name=name,
        command=[sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        is_ready=AnswersOk(port, "/"),
        folder=Path("/usr"),
        start_within=timedelta(seconds=15),
    )


def program(name: str, source: str, is_ready: Callable[[], Awaitable[bool]]) -> ProcessSpec:
    return ProcessSpec(
        name=name, command=[sys.executable, "-c", source], is_ready=is_ready, start_within=timedelta(seconds=3)
    )


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


@pytest_asyncio.fixture
async def supervised(tmp_path: Path) -> AsyncIterator[MakeSupervisor]:
    """Supervisors that are stopped at the end of the test, whatever happens in it."""
    made: list[Supervisor] = []

    def make(stop_within: timedelta = timedelta(seconds=5)) -> Supervisor:
        made.append(Supervisor(tmp_path, stop_within=stop_within))
        return made[-1]

    yield make
    for supervisor in made:
        await supervisor.stop()


@pytest_asyncio.fixture(scope="session")
async def infrastructure(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    """PostgreSQL, Kafka and issuer with their data in a path that holds spaces."""
    stack = LocalStack(tmp_path_factory.mktemp("local") / "a path with spaces", Ports.free(), StackOptions())
    await stack.start_infrastructure()
    yield stack
    await stack.stop()
    stack.wipe()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"
