"""A receiver that hangs, floods or makes its caller give up costs nobody else anything."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from statistics import quantiles
from typing import Any

import pytest

from services.alerts.delivery.outcomes import Delivered, Failed, Fault, Stage
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


async def quickest_p99(transport: AiohttpTransport, url: str) -> float:
    """Of several rounds, so that whatever else the machine does now and then is not held against the transport."""
    rounds = [await seconds_of_deliveries(transport, url, 300, 10) for _ in range(8)]
    return min(quantiles(seconds, n=100)[98] for seconds in rounds)


async def test_as_many_hanging_receivers_as_healthy_ones_slow_no_delivery(
    receive: Any, transport: AiohttpTransport
) -> None:
    healthy, hanging = await receive(polite), await receive(hangs)
    alone = await quickest_p99(transport, healthy.url)
    long = timedelta(seconds=60)
    waiting = [asyncio.create_task(transport.post(hanging.url, {}, b"{}", timeout=long)) for _ in range(500)]
    async with asyncio.timeout(20):
        while hanging.open_connections < 500:
            await seconds_of_deliveries(transport, healthy.url, 10, 10)
    beside = await quickest_p99(transport, healthy.url)
    assert not any(call.done() for call in waiting)
    assert beside <= max(1.5 * alone, alone + 0.02)
    for call in waiting:
        call.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_after_thousands_of_cancelled_calls_the_transport_still_delivers(
    receive: Any, transport: AiohttpTransport
) -> None:
    healthy, hanging = await receive(polite), await receive(hangs)
    for batch in range(50):
        calls = [
            asyncio.create_task(transport.post(url, {}, b"{}", timeout=TIMEOUT))
            for url in (healthy.url, hanging.url)
            for _ in range(50)
        ]
        await asyncio.wait(calls, timeout=0.002 * (batch % 20))
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
