"""A receiver that hangs, floods or makes its caller give up costs nobody else anything."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from statistics import quantiles
from typing import Any

import pytest

from services.alerts.delivery.outcomes import Delivered, Failed, Fault, Stage, TimedOut
from services.alerts.delivery.transport import AiohttpTransport

TIMEOUT = timedelta(seconds=3)
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


async def polite(call: Any) -> None:
    while True:
        await call.request()
        await call.say(OK)


async def hangs(call: Any) -> None:
    await call.request()
    await call.hang_up_awaited()


async def seconds_of_deliveries(transport: AiohttpTransport, url: str, count: int, at_once: int) -> list[float]:
    seconds: list[float] = []

    async def deliver(share: int) -> None:
        for _ in range(share):
            outcome = await transport.post(url, {}, b"{}", timeout=TIMEOUT)
            assert isinstance(outcome, Delivered)
            seconds.append(outcome.duration.total_seconds())

    await asyncio.gather(*(deliver(count // at_once) for _ in range(at_once)))
    return seconds


async def test_as_many_hanging_receivers_as_healthy_ones_slow_no_delivery(
    receive: Any, transport: AiohttpTransport
) -> None:
    healthy, hanging = await receive(polite), await receive(hangs)
    await seconds_of_deliveries(transport, healthy.url, 200, 10)
    alone = await seconds_of_deliveries(transport, healthy.url, 1000, 10)
    waiting = [asyncio.create_task(transport.post(hanging.url, {}, b"{}", timeout=TIMEOUT)) for _ in range(1000)]
    async with asyncio.timeout(10):
        while hanging.open_connections < 1000:
            await seconds_of_deliveries(transport, healthy.url, 10, 10)
    beside = await seconds_of_deliveries(transport, healthy.url, 1000, 10)
    hung = await asyncio.gather(*waiting)
    assert all(isinstance(outcome, TimedOut) and outcome.stage is Stage.RESPONSE for outcome in hung)
    alone_p99, beside_p99 = quantiles(alone, n=100)[98], quantiles(beside, n=100)[98]
    assert beside_p99 <= max(1.5 * alone_p99, alone_p99 + 0.02), (alone_p99, beside_p99)


async def test_after_thousands_of_cancelled_calls_the_transport_still_delivers(
    receive: Any, transport: AiohttpTransport
) -> None:
    healthy, hanging = await receive(polite), await receive(hangs)
    for batch in range(20):
        calls = [
            asyncio.create_task(transport.post(url, {}, b"{}", timeout=TIMEOUT))
            for url in (healthy.url, hanging.url)
            for _ in range(50)
        ]
        await asyncio.wait(calls, timeout=0.002 * batch)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    assert len(await seconds_of_deliveries(transport, healthy.url, 100, 10)) == 100
    async with asyncio.timeout(5):
        await hanging.all_closed.wait()


FLOOD = r"""
import socket
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
while True:
    connection, _ = listening.accept()
    try:
        connection.recv(65536)
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000)
    except OSError:
        connection.close()
"""


@pytest.fixture
def flood() -> Iterator[str]:
    """A receiver in a process of its own that answers with interim answers for ever, as fast as it can."""
    with subprocess.Popen([sys.executable, "-c", FLOOD], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
        process.kill()


async def test_a_flood_of_interim_answers_does_not_hold_the_event_loop(
    flood: str, receive: Any, transport: AiohttpTransport
) -> None:
    healthy = await receive(polite)
    flooded = asyncio.create_task(transport.post(flood, {}, b"{}", timeout=TIMEOUT))
    seconds = await seconds_of_deliveries(transport, healthy.url, 300, 1)
    outcome = await flooded
    assert outcome == Failed(Stage.RESPONSE, Fault.HEAD_TOO_LARGE, outcome.duration)
    assert max(seconds) < 0.25
