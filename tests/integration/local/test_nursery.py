"""Processes from the nursery are like those from `python -m`, and end with it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from deploy.local.marks import Mark
from deploy.local.midwife import Midwife
from deploy.local.ports import free_ports
from deploy.local.probes import until
from deploy.local.processes import ProcessSpec
from deploy.local.supervised import Phase
from deploy.local.supervisor import Supervisor
from tests.integration.local.conftest import web_server, yes

SOURCE = """
import os, sys
leads_its_session = os.getsid(0) == os.getpid()
print(__name__, sys.argv[1:], os.environ["TRUCE_WORD"], "TRUCE_OTHER" in os.environ, os.getcwd(), leads_its_session)
sys.exit(int(sys.argv[1]))
"""


@pytest_asyncio.fixture
async def midwife(tmp_path: Path) -> AsyncIterator[Midwife]:
    made = Midwife()
    await made.open(tmp_path / "nursery.log")
    yield made
    await made.close()


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def module(tmp_path: Path, *arguments: str, **environment: str) -> ProcessSpec:
    (tmp_path / "some_program.py").write_text(SOURCE)
    return ProcessSpec(
        name="some",
        command=[sys.executable, "-m", "some_program", *arguments],
        is_ready=yes,
        environment=environment,
        folder=tmp_path,
    )


async def test_a_module_finds_itself_as_if_started_alone(midwife: Midwife, tmp_path: Path) -> None:
    first = await midwife.spawn(module(tmp_path, "7", TRUCE_WORD="one", TRUCE_OTHER="x"), tmp_path / "first.log")
    second = await midwife.spawn(module(tmp_path, "0", TRUCE_WORD="two"), tmp_path / "second.log")
    async with asyncio.timeout(20):
        assert [await first.wait(), await second.wait()] == [7, 0]
    assert (tmp_path / "first.log").read_text() == f"__main__ ['7'] one True {tmp_path} True\n"
    assert (tmp_path / "second.log").read_text() == f"__main__ ['0'] two False {tmp_path} True\n"


async def test_an_end_by_a_signal_is_told(midwife: Midwife, tmp_path: Path) -> None:
    child = await midwife.spawn(web_server("server", free_ports(1)[0]), tmp_path / "log")
    assert parent_of(child.pid) != os.getpid()
    child.send_signal(signal.SIGKILL)
    async with asyncio.timeout(20):
        assert await child.wait() == -signal.SIGKILL


async def test_other_programs_and_gentler_ends_are_started_the_ordinary_way(midwife: Midwife, tmp_path: Path) -> None:
    spec = replace(web_server("server", free_ports(1)[0]), death_signal="TERM")
    child = await midwife.spawn(spec, tmp_path / "log")
    assert parent_of(child.pid) == os.getpid()
    child.send_signal(signal.SIGKILL)
    await child.wait()


async def test_when_the_nursery_dies_its_children_die_and_are_started_without_it(
    midwife: Midwife, tmp_path: Path
) -> None:
    supervisor = Supervisor(tmp_path, spawn=midwife.spawn)
    await supervisor.start([web_server("server", free_ports(1)[0])])
    server = supervisor.process("server")
    first = server.mark
    assert isinstance(first, Mark)
    try:
        os.kill(parent_of(first.pid), signal.SIGKILL)

        async def is_back() -> bool:
            return server.pid not in {first.pid, None} and server.phase is Phase.READY

        await until(is_back, timedelta(seconds=15))
        assert not first.is_alive
        assert server.restarts == 1
    finally:
        await supervisor.stop()
