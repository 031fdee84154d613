"""Every refusal is one sentence that says what to do, and a code other than zero."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local import kafka_jars
from deploy.local.failures import StackFailure
from deploy.local.locks import StackLock, holder_of
from deploy.local.places import PROJECT, cache_dir
from deploy.local.ports import Ports, free_ports
from deploy.local.stack import LocalStack
from deploy.local.supervisor import Supervisor
from tests.integration.local.conftest import web_server


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


async def test_a_taken_port_is_named_with_the_process_that_has_it(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    supervisor = Supervisor(tmp_path)
    await supervisor.start([web_server("squatter", port)])
    try:
        pid = supervisor.process("squatter").pid
        stack = LocalStack(tmp_path / "state", replace(Ports.free(), postgres=port))
        with pytest.raises(StackFailure) as told:
            await stack.start_infrastructure()
    finally:
        await supervisor.stop()
    assert f"Port {port} (postgres) is taken by process {pid} (" in str(told.value)
    assert f"`kill {pid}`" in str(told.value)


def test_a_port_that_only_waits_after_use_is_not_taken() -> None:
    (port,) = free_ports(1)
    with socket.create_server(("127.0.0.1", port)) as server:
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()
        client.close()
    replace(Ports.free(), issuer=port).refuse_if_taken(["issuer"])


def test_a_second_command_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    lock = tmp_path / "stack.lock"
    with StackLock(lock) as first:
        first.take("demo")
        with pytest.raises(
            StackFailure, match=f"`up` cannot start while `demo` is running here .process {os.getpid()}"
        ):
            StackLock(lock).take("up")
    assert lock.exists()
    assert holder_of(lock) is None
    with StackLock(lock) as later:
        later.take("up")


async def test_two_stacks_never_share_a_state_folder(infrastructure: LocalStack) -> None:
    with pytest.raises(StackFailure, match="cannot start while"):
        await LocalStack(infrastructure.places.state, Ports.free()).start_infrastructure()


def test_a_jar_that_changed_in_the_cache_is_refused(tmp_path: Path) -> None:
    jar = kafka_jars.listed()[0]
    shutil.copy(cache_dir() / "kafka" / jar.path.name, tmp_path)
    with (tmp_path / jar.path.name).open("ab") as file:
        file.write(b"!")
    with pytest.raises(StackFailure) as told:
        kafka_jars.ensure_jars(tmp_path, silent)
    assert str(tmp_path / jar.path.name) in str(told.value)
    assert "delete that file and run again" in str(told.value)


class Repository:
    """A Maven repository on loopback that holds one jar of the list, copied from the cache."""

    def __init__(self, folder: Path, port: int) -> None:
        self.jar = kafka_jars.listed()[0]
        self.url = f"http://127.0.0.1:{port}"
        self.file = folder / self.jar.path
        self.file.parent.mkdir(parents=True)
        shutil.copy(cache_dir() / "kafka" / self.jar.path.name, self.file)
        self.sums = folder / "sums"
        self.sums.write_text(f"{self.jar.sha256}  {self.jar.path}\n")


@pytest_asyncio.fixture
async def repository(tmp_path: Path, infrastructure: LocalStack) -> AsyncIterator[Repository]:
    """Stands on `infrastructure` because that has filled the cache."""
    (port,) = free_ports(1)
    made = Repository(tmp_path / "repository", port)
    supervisor = Supervisor(tmp_path)
    await supervisor.start([replace(web_server("repository", port), folder=tmp_path / "repository")])
    yield made
    await supervisor.stop()


async def test_a_jar_that_arrives_as_listed_is_kept(tmp_path: Path, repository: Repository) -> None:
    kept = tmp_path / "kept"
    jars = await asyncio.to_thread(kafka_jars.ensure_jars, kept, silent, repository.sums, repository.url)
    assert jars == [kept / repository.jar.path.name]
    assert repository.jar.is_intact(jars[0])
    assert list(kept.iterdir()) == jars


async def test_a_jar_that_arrives_altered_is_not_kept(tmp_path: Path, repository: Repository) -> None:
    with repository.file.open("ab") as file:
        file.write(b"!")
    kept = tmp_path / "kept"
    with pytest.raises(StackFailure, match="was not kept: run again"):
        await asyncio.to_thread(kafka_jars.ensure_jars, kept, silent, repository.sums, repository.url)
    assert list(kept.iterdir()) == []


async def test_a_cold_cache_without_network_says_what_to_do(tmp_path: Path) -> None:
    (closed,) = free_ports(1)
    proxy = f"http://127.0.0.1:{closed}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local", "prepare"),
        cwd=PROJECT,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), "https_proxy": proxy, "HTTPS_PROXY": proxy},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    sentence = said.decode().strip()
    assert process.returncode == 1
    assert "could not be downloaded: connect to the network" in sentence
    assert "\n" not in sentence
