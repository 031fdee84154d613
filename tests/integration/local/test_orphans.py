"""However the supervisor ends, nothing it started stays, and the next start finds its data."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from deploy.local import marks
from deploy.local.credentials import Credentials
from deploy.local.marks import Mark
from deploy.local.places import PROJECT, Places
from deploy.local.ports import Ports
from deploy.local.probes import until
from deploy.local.running import Running
from deploy.local.stack import LocalStack, StackOptions

Standin = tuple[asyncio.subprocess.Process, list[Mark]]
StartStandin = Callable[[], Coroutine[None, None, Standin]]
NAMES = {"postgres", "kafka", "issuer"}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for all, so that the data is made once: each test takes over what the one before it left."""
    place = tmp_path_factory.mktemp("orphans") / "state"
    yield place
    LocalStack(place, Ports.free()).wipe()


@pytest_asyncio.fixture
async def standin(state: Path) -> AsyncIterator[StartStandin]:
    started: list[asyncio.subprocess.Process] = []

    async def start() -> Standin:
        command = [sys.executable, "-m", "tests.integration.local.standin", str(state)]
        process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdout=asyncio.subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"ready\n"
        return process, marks.read(state / "processes.json")

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def all_gone(left: list[Mark]) -> None:
    async def none_alive() -> bool:
        return not any(mark.is_alive for mark in left)

    await until(none_alive, timedelta(seconds=10))


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_everything_with_code_zero(standin: StartStandin, end: signal.Signals) -> None:
    process, running = await standin()
    assert {mark.name for mark in running} > NAMES
    assert all(mark.is_alive for mark in running)
    process.send_signal(end)
    async with asyncio.timeout(15):
        assert await process.wait() == 0
    assert not any(mark.is_alive for mark in running)


async def test_kill_9_leaves_no_orphans_and_the_next_start_finds_its_data(standin: StartStandin, state: Path) -> None:
    process, running = await standin()
    await _write(state, running)
    process.kill()
    await process.wait()
    await all_gone(running)

    again = LocalStack(state, Ports.free(), StackOptions(durable=False))
    async with again:
        await again.start_infrastructure()
        connection = await asyncpg.connect(again.wiring.databases.dsn("intake"))
        assert await connection.fetchval("SELECT word FROM kept") == "still here"
        await connection.close()


async def test_a_start_right_after_kill_9_waits_for_the_last_ones(standin: StartStandin, state: Path) -> None:
    process, running = await standin()
    process.kill()
    await process.wait()
    async with LocalStack(state, Ports.free(), StackOptions(durable=False)) as again:
        await again.start_infrastructure()
        assert not any(mark.is_alive for mark in running)
        assert {one.spec.name for one in again.supervisor.processes()} == NAMES


async def test_the_running_stack_is_found_by_its_lock_and_stopped(standin: StartStandin, state: Path) -> None:
    process, running = await standin()
    lock = state / "stack.lock"
    found = Running.find(lock)
    assert found is not None
    assert found.mark.pid == process.pid
    assert {one["name"] for one in found.processes()} == {mark.name for mark in running}
    assert {one["phase"] for one in found.processes()} == {"ready"}

    assert await asyncio.to_thread(found.stop, lock)
    assert not any(mark.is_alive for mark in running)
    assert lock.exists()
    assert Running.find(lock) is None


async def test_the_lock_of_a_killed_stack_hinders_nobody(standin: StartStandin, state: Path) -> None:
    process, _ = await standin()
    process.kill()
    await process.wait()
    assert Running.find(state / "stack.lock") is None
    _, running = await standin()
    assert all(mark.is_alive for mark in running)


async def _write(state: Path, running: list[Mark]) -> None:
    postmaster = next(mark for mark in running if mark.name == "postgres")
    port = (Places(state).postgres / "data" / "postmaster.pid").read_text().splitlines()[3]
    assert postmaster.is_alive
    password = Credentials.of(state).services["intake"]
    connection = await asyncpg.connect(f"postgresql://truce_intake:{password}@127.0.0.1:{port}/truce_intake")
    await connection.execute("CREATE TABLE kept AS SELECT 'still here' AS word")
    await connection.close()
