"""What a name resolves to is checked when it is used, each time, and a name that gives no answer delays nobody."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.alerts.delivery.address_guard import AddressGuard, Refusal
from services.alerts.delivery.outcomes import Delivered, Failed, Fault, Stage, TimedOut
from services.alerts.delivery.resolver import Lookup
from services.alerts.delivery.transport import AiohttpTransport

TIMEOUT = timedelta(seconds=1)
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
ONE_PHONE = [ipaddress.ip_network("127.0.0.1/32")]
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")]


def looking_up(*answers: Sequence[str]) -> tuple[Lookup, list[str]]:
    """A resolver that gives each answer in turn and then the last one for ever; and the names it was asked for."""
    asked: list[str] = []

    async def lookup(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        return answers[min(len(asked), len(answers)) - 1]

    return lookup, asked


async def test_the_watch_sees_what_is_dialled(receive: Any, watch_dialling: Any) -> None:
    receiver = await receive(OK)
    async with AiohttpTransport(AddressGuard(ONE_PHONE)) as transport:
        with watch_dialling() as dialled:
            assert isinstance(await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT), Delivered)
    assert dialled == [("127.0.0.1", receiver.port)]


async def test_a_name_that_changes_its_mind_is_refused_when_it_does(receive: Any, watch_dialling: Any) -> None:
    receiver = await receive(OK)
    lookup, asked = looking_up(["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1", "169.254.169.254"])
    url = f"http://phone.truce.test:{receiver.port}/"
    async with AiohttpTransport(AddressGuard(ONE_PHONE), lookup=lookup, names_kept=timedelta(0)) as transport:
        with watch_dialling() as dialled:
            outcomes = [await transport.post(url, {}, b"{}", timeout=TIMEOUT) for _ in range(3)]
    assert isinstance(outcomes[0], Delivered)
    assert outcomes[1:] == [
        Failed(Stage.ADDRESS, Refusal.LOOPBACK, outcomes[1].duration),
        Failed(Stage.ADDRESS, Refusal.METADATA, outcomes[2].duration),
    ]
    assert dialled == [("127.0.0.1", receiver.port)]
    assert len(asked) == 3


async def test_a_public_answer_opens_no_port_but_443(watch_dialling: Any) -> None:
    lookup, _ = looking_up(["93.184.215.14"])
    async with AiohttpTransport(AddressGuard(ONE_PHONE), lookup=lookup) as transport:
        with watch_dialling() as dialled:
            outcome = await transport.post("http://phone.truce.test:9000/", {}, b"{}", timeout=TIMEOUT)
    assert outcome == Failed(Stage.ADDRESS, Refusal.PORT, outcome.duration)
    assert dialled == []


async def test_a_name_without_an_address_fails_there() -> None:
    async def unknown(_name: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    for lookup in (unknown, looking_up([])[0]):
        async with AiohttpTransport(AddressGuard(), lookup=lookup) as transport:
            outcome = await transport.post("https://hooks.example.org/", {}, b"{}", timeout=TIMEOUT)
        assert outcome == Failed(Stage.RESOLVE, Fault.NO_SUCH_NAME, outcome.duration)


async def test_a_name_server_that_hangs_times_out_there_and_delays_nobody_else(receive: Any) -> None:
    async def hanging(_name: str, _port: int) -> Sequence[str]:
        return await asyncio.get_running_loop().create_future()

    receiver = await receive(OK)
    async with AiohttpTransport(AddressGuard(ONE_PHONE), lookup=hanging) as transport:
        urls = [f"https://hooks{number}.example.org/" for number in range(50)] * 2
        calls = [asyncio.create_task(transport.post(url, {}, b"{}", timeout=TIMEOUT)) for url in urls]
        prompt = await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT)
        outcomes = await asyncio.gather(*calls)
    assert isinstance(prompt, Delivered)
    assert prompt.duration < TIMEOUT / 2
    assert all(outcome == TimedOut(Stage.RESOLVE, outcome.duration) for outcome in outcomes)


async def test_the_systems_own_resolver_is_asked_and_checked(receive: Any) -> None:
    receiver = await receive(OK)
    async with AiohttpTransport(AddressGuard(LOOPBACK)) as transport:
        url = f"http://localhost:{receiver.port}/"
        assert isinstance(await transport.post(url, {}, b"{}", timeout=TIMEOUT), Delivered)
    elsewhere = [ipaddress.ip_network("10.0.0.0/8")]
    async with AiohttpTransport(AddressGuard(elsewhere)) as transport:
        outcome = await transport.post(url, {}, b"{}", timeout=TIMEOUT)
    assert outcome == Failed(Stage.ADDRESS, Refusal.LOOPBACK, outcome.duration)
