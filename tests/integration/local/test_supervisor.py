"""What the supervisor promises about single processes: kept running, told from failures, ended in bounded time."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.failures import StackFailure
from deploy.local.marks import Mark
from deploy.local.ports import free_ports
from deploy.local.probes import AnswersOk, http_get, until
from deploy.local.supervised import Phase
from tests.integration.local.conftest import MakeSupervisor, no, program, web_server, yes

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


async def test_a_process_that_dies_is_started_again(supervised: MakeSupervisor) -> None:
    supervisor, (port,) = supervised(), free_ports(1)
    await supervisor.start([web_server("server", port)])
    server = supervisor.process("server")
    first = server.pid

    server.kill()

    async def is_back() -> bool:
        return server.pid not in {first, None} and server.phase is Phase.READY

    await until(is_back, timedelta(seconds=15))
    assert await AnswersOk(port, "/")()
    assert server.restarts == 1


async def test_a_process_that_never_gets_up_fails_the_start_with_its_last_words(supervised: MakeSupervisor) -> None:
    supervisor = supervised()
    broken = program("broken", "import sys; print('no such setting: COLOUR'); sys.exit(3)", no)
    with pytest.raises(StackFailure) as told:
        await supervisor.start([broken])
    assert "broken ended with code 3 before it was ready, 3 times" in str(told.value)
    assert "no such setting: COLOUR" in str(told.value)


async def test_a_process_that_lives_but_never_answers_fails_the_start(supervised: MakeSupervisor) -> None:
    supervisor = supervised()
    mute = program("mute", "import threading; threading.Event().wait()", no)
    with pytest.raises(StackFailure, match="mute was not ready within 3 s"):
        await supervisor.start([mute])


async def test_what_a_process_answers_instead_of_ready_is_told(supervised: MakeSupervisor) -> None:
    (port,) = free_ports(1)
    server = replace(web_server("server", port), is_ready=AnswersOk(port, "/absent"), start_within=timedelta(seconds=2))
    with pytest.raises(StackFailure, match=r"server was not ready within 2 s \(/absent answered 404 "):
        await supervised().start([server])


async def test_a_program_that_is_not_there_is_named(supervised: MakeSupervisor) -> None:
    spec = replace(program("ghost", "", no), command=["/nowhere/ghost"])
    with pytest.raises(StackFailure, match="/nowhere/ghost cannot be started"):
        await supervised().start([spec])


async def test_stopping_ends_a_process_that_ignores_the_request(supervised: MakeSupervisor) -> None:
    supervisor = supervised(stop_within=timedelta(seconds=0.5))
    await supervisor.start([program("deaf", DEAF, yes)])
    deaf = supervisor.process("deaf")

    async def is_deaf_by_now() -> bool:
        return "deaf" in supervisor.log_path("deaf").read_text()

    await until(is_deaf_by_now, timedelta(seconds=5))
    mark = deaf.mark
    began = time.monotonic()
    await supervisor.stop()
    assert isinstance(mark, Mark)
    assert not mark.is_alive
    assert time.monotonic() - began < 3


async def test_processes_end_in_reverse_order_of_their_start(supervised: MakeSupervisor) -> None:
    supervisor, (first, second) = supervised(), free_ports(2)
    await supervisor.start([web_server("ground", first)])
    await supervisor.start([web_server("house", second)])
    await supervisor.stop()
    ends = [line for line in supervisor.log_path("supervisor").read_text().splitlines() if line.endswith(": stopped")]
    assert ends == ["house: stopped", "ground: stopped"]


async def test_a_halted_process_stays_away_until_it_is_resumed(supervised: MakeSupervisor) -> None:
    supervisor, (port,) = supervised(), free_ports(1)
    await supervisor.start([web_server("server", port)])
    await supervisor.halt("server")
    assert await http_get(port, "/") is None
    await supervisor.resume("server")
    assert await AnswersOk(port, "/")()


@pytest_asyncio.fixture
async def sleepers() -> AsyncIterator[list[asyncio.subprocess.Process]]:
    started = [await asyncio.create_subprocess_exec("/bin/sleep", "600") for _ in range(2)]
    yield started
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_what_an_earlier_supervisor_left_is_ended_and_a_recycled_pid_is_not(
    supervised: MakeSupervisor, sleepers: list[asyncio.subprocess.Process], tmp_path: Path
) -> None:
    left, stranger = sleepers
    left_mark, stranger_mark = Mark.of("left", left.pid), Mark.of("stranger", stranger.pid)
    assert left_mark is not None
    assert stranger_mark is not None
    recycled = replace(stranger_mark, start_tick=stranger_mark.start_tick - 1)
    (tmp_path / "processes.json").write_text(json.dumps([asdict(left_mark), asdict(recycled)]))

    await supervised().outlive_leftovers(patience=timedelta(seconds=0.2))
    async with asyncio.timeout(5):
        assert await left.wait() == -signal.SIGKILL
    assert stranger_mark.is_alive
