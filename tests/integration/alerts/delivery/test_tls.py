"""TLS: the name is what is checked and asked for, the address only where the connection goes."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvloop

from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Failed, Fault, Stage, TimedOut
from services.alerts.delivery.transport import AiohttpTransport
from tests.integration.alerts.delivery.authority import (
    NAME,
    Authority,
    by_an_unknown_authority,
    expired,
    for_another_host,
)

TIMEOUT = timedelta(seconds=0.5)
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.founded(tmp_path)


async def to_loopback(_name: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.fixture
async def secure(authority: Authority) -> AsyncIterator[AiohttpTransport]:
    async with AiohttpTransport(AddressGuard(LOOPBACK), trusted_roots=authority.roots, lookup=to_loopback) as open_one:
        yield open_one


async def post(transport: AiohttpTransport, receiver: Any) -> AttemptOutcome:
    return await transport.post(f"https://{NAME}:{receiver.port}/hooks", {}, b"{}", timeout=TIMEOUT)


async def test_host_and_server_name_are_the_names_though_the_address_was_dialled(
    receive: Any, authority: Authority, secure: AiohttpTransport
) -> None:
    asked_for: list[str | None] = []
    context = authority.server()
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)  # type: ignore[assignment] # the stub wants a longer signature
    receiver = await receive(OK, ssl=context)
    assert isinstance(await post(secure, receiver), Delivered)
    assert asked_for == [NAME]
    assert f"host: {NAME}:{receiver.port}".encode() in receiver.requests[0].lower()


@pytest.mark.parametrize(
    ("context_of", "fault"),
    [
        (expired, Fault.CERTIFICATE_EXPIRED),
        (for_another_host, Fault.CERTIFICATE_FOR_ANOTHER_HOST),
        (by_an_unknown_authority, Fault.CERTIFICATE_NOT_TRUSTED),
    ],
)
async def test_a_certificate_that_proves_nothing_gets_no_message(
    context_of: Callable[[Authority], ssl.SSLContext],
    fault: Fault,
    receive: Any,
    authority: Authority,
    secure: AiohttpTransport,
) -> None:
    receiver = await receive(OK, ssl=context_of(authority))
    outcome = await post(secure, receiver)
    assert outcome == Failed(Stage.TLS, fault, outcome.duration)
    assert receiver.requests == []


async def stalls(call: Any) -> None:
    await call.hang_up_awaited()


async def speaks_plain_http(call: Any) -> None:
    await call.reader.read(10)
    await call.say(OK)


async def resets(call: Any) -> None:
    await call.reader.read(10)
    call.reset()


async def test_a_handshake_that_stalls_times_out_there(receive: Any, secure: AiohttpTransport) -> None:
    outcome = await post(secure, await receive(stalls))
    assert outcome == TimedOut(Stage.TLS, outcome.duration)


async def test_a_receiver_without_tls_fails_there(receive: Any, secure: AiohttpTransport) -> None:
    outcome = await post(secure, await receive(speaks_plain_http))
    assert outcome == Failed(Stage.TLS, Fault.TLS_FAILED, outcome.duration)


async def test_a_reset_in_the_handshake_fails_there(receive: Any, secure: AiohttpTransport) -> None:
    outcome = await post(secure, await receive(resets))
    assert outcome == Failed(Stage.TLS, Fault.RESET, outcome.duration)


def test_the_stages_are_told_apart_on_the_loop_that_production_runs_on_too(authority: Authority) -> None:
    async def attempts() -> list[AttemptOutcome]:
        stalling = await asyncio.start_server(lambda reader, _writer: reader.read(), "127.0.0.1", 0)
        serving = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=authority.server())
        async with AiohttpTransport(
            AddressGuard(LOOPBACK), trusted_roots=authority.roots, lookup=to_loopback
        ) as transport:
            urls = [f"https://{NAME}:{server.sockets[0].getsockname()[1]}/" for server in (stalling, serving)]
            return [await transport.post(url, {}, b"{}", timeout=TIMEOUT) for url in urls]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stalled, served = runner.run(attempts())
    assert stalled == TimedOut(Stage.TLS, stalled.duration)
    assert isinstance(served, Delivered)
