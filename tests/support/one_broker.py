"""One Kafka for all workers of a run: whoever needs it first starts it, and stays until nobody else needs it.

Of PostgreSQL each worker has its own: a transaction that a test leaves open holds back the feeds of a whole server.
"""

import asyncio
import fcntl
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path

import pytest

from deploy.local.kafka import hosts_topics
from deploy.local.stack import LocalStack


@asynccontextmanager
async def running(stack: LocalStack, shared: Path | None) -> AsyncIterator[None]:
    """`shared`: a folder known to all workers; None where one process is alone."""
    if shared is None:
        await stack.start_infrastructure()
        try:
            yield
        finally:
            await _end(stack)
        return
    async with AsyncExitStack() as needing:
        async with _locked(shared / "making", fcntl.LOCK_EX):
            await needing.enter_async_context(_locked(shared / "needed", fcntl.LOCK_SH))
            is_mine = await _started(stack, shared)
        try:
            yield
        finally:
            await needing.aclose()
            async with _locked(shared / "needed", fcntl.LOCK_EX) if is_mine else nullcontext():
                await _end(stack)


async def _started(stack: LocalStack, shared: Path) -> bool:
    """Whether the broker is this stack's own."""
    told = await _broker_in(shared)
    if told is not None:
        await _start_beside(stack, told["address"], Path(told["folder"]))
        return False
    await stack.start_infrastructure()
    made = {"address": stack.wiring.kafka_bootstrap, "folder": str(stack.places.kafka)}
    (shared / "broker").write_text(json.dumps(made))
    return True


async def _end(stack: LocalStack) -> None:
    await stack.stop()
    if stack.places.kafka.is_symlink():
        stack.places.kafka.unlink()
    stack.wipe()


@asynccontextmanager
async def _locked(path: Path, how: int) -> AsyncIterator[None]:
    """The kernel gives a dead worker's lock to the next."""
    with path.open("w") as file:
        await asyncio.to_thread(fcntl.flock, file, how)
        yield


async def _broker_in(shared: Path) -> dict[str, str] | None:
    """The worker that started it may have gone, and it with its worker."""
    try:
        told: dict[str, str] = json.loads((shared / "broker").read_text())
    except FileNotFoundError:
        return None
    return told if await hosts_topics(told["address"]) else None


async def _start_beside(stack: LocalStack, address: str, folder: Path) -> None:
    """As beside a broker of one's own. Its folder is found where the stack's own would be."""
    stack.places.kafka.parent.mkdir(parents=True, exist_ok=True)
    stack.places.kafka.symlink_to(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRUCE_KAFKA_BOOTSTRAP", address)
        await stack.start_infrastructure()
