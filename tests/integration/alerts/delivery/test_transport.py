"""What the transport sends, what it never does, and how it copes with a network that does not answer."""

import asyncio
import contextlib
import socket
from datetime import timedelta
from typing import Any

import pytest

from services.alerts.delivery.address_guard import AddressRefused
from services.alerts.delivery.outcomes import Delivered, Failed, Fault, Rejected, Stage, TimedOut
from services.alerts.delivery.transport import AiohttpTransport

TIMEOUT = timedelta(seconds=0.4)


def status(code: int, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 %d Whatever" % code, b"content-length: 0", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def does_not_even_read(call: Any) -> None:
    call.writer.transport.pause_reading()
    await asyncio.Event().wait()


async def closes_at_once(call: Any) -> None:
    call.writer.close()


async def test_what_goes_out_is_the_signed_bytes_and_nothing_that_was_not_asked_for(
    receive: Any, transport: AiohttpTransport
) -> None:
    receiver = await receive(status(200))
    body = b'{"offer": "\xc3\xa9", "n": 1.0}'
    await transport.post(receiver.url + "?t=a%2Fb", {"webhook-id": "msg_1"}, body, timeout=TIMEOUT)
    head, _, sent = receiver.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert sent == body
    assert lines[0] == "post /hooks?t=a%2fb http/1.1"
    assert f"host: 127.0.0.1:{receiver.port}" in lines
    assert "accept-encoding: identity" in lines
    assert "webhook-id: msg_1" in lines
    assert not [line for line in lines if line.startswith(("cookie", "authorization", "x-"))]


async def test_a_cookie_is_never_sent_back(receive: Any, transport: AiohttpTransport) -> None:
    receiver = await receive(status(200, b"set-cookie: session=1; path=/"))
    for _ in range(2):
        await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT)
    assert len(receiver.requests) == 2
    assert b"session" not in receiver.requests[1]


async def test_a_redirect_is_not_followed(receive: Any, transport: AiohttpTransport) -> None:
    target = await receive(status(200))
    receiver = await receive(status(307, b"location: " + target.url.encode()))
    outcome = await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT)
    assert outcome == Rejected(307, outcome.duration)
    assert target.connections == 0


async def test_gone_is_said_by_410_alone(receive: Any, transport: AiohttpTransport) -> None:
    for code in (404, 410, 503):
        outcome = await transport.post((await receive(status(code))).url, {}, b"{}", timeout=TIMEOUT)
        assert isinstance(outcome, Rejected)
        assert outcome.gone == (code == 410)


async def test_a_proxy_of_the_environment_is_not_used(
    receive: Any, transport: AiohttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = await receive(status(200))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    receiver = await receive(status(200))
    assert isinstance(await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT), Delivered)
    assert proxy.connections == 0


async def test_a_closed_port_is_refused_at_once(transport: AiohttpTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = await transport.post(f"http://127.0.0.1:{port}/", {}, b"{}", timeout=TIMEOUT)
    assert outcome == Failed(Stage.CONNECT, Fault.REFUSED, outcome.duration)
    assert outcome.duration < TIMEOUT


async def test_a_black_hole_times_out_while_connecting(transport: AiohttpTransport) -> None:
    with contextlib.ExitStack() as queue, socket.create_server(("127.0.0.1", 0), backlog=0) as hole:
        for _ in range(4):  # nobody accepts: once its queue is full, the kernel drops what knocks
            knocking = queue.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex(hole.getsockname())
        url = f"http://127.0.0.1:{hole.getsockname()[1]}/"
        outcome = await transport.post(url, {}, b"{}", timeout=TIMEOUT)
    assert outcome == TimedOut(Stage.CONNECT, outcome.duration)


async def test_a_receiver_that_stops_reading_a_long_message_times_out_while_sending(
    receive: Any, transport: AiohttpTransport
) -> None:
    receiver = await receive(does_not_even_read)
    outcome = await transport.post(receiver.url, {}, b"x" * 8_000_000, timeout=TIMEOUT)
    assert outcome == TimedOut(Stage.SEND, outcome.duration)


async def test_a_receiver_that_closes_at_once_has_failed_definitely(receive: Any, transport: AiohttpTransport) -> None:
    outcome = await transport.post((await receive(closes_at_once)).url, {}, b"{}", timeout=TIMEOUT)
    assert isinstance(outcome, Failed)
    assert outcome.stage in {Stage.SEND, Stage.RESPONSE}
    assert outcome.reason in {Fault.CLOSED_EARLY, Fault.RESET}


async def test_who_answers_before_the_request_has_a_delivery_only_if_the_request_arrived(
    receive: Any, transport: AiohttpTransport
) -> None:
    async def hasty(call: Any) -> None:
        await call.say(status(200))
        await call.request()
        call.reset()

    receiver, delivered = await receive(hasty), 0
    for _ in range(20):
        outcome = await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT)
        assert isinstance(outcome, Delivered | Failed)
        delivered += isinstance(outcome, Delivered)
    async with asyncio.timeout(2):
        await receiver.all_closed.wait()
    assert len(receiver.requests) >= delivered


async def test_an_ipv6_receiver_is_reached(receive: Any, transport: AiohttpTransport) -> None:
    receiver = await receive(status(200), host="::1")
    assert isinstance(await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT), Delivered)


async def test_an_endless_body_costs_the_receiver_its_connection_and_us_little(
    receive: Any, transport: AiohttpTransport
) -> None:
    sent = 0

    async def endless_and_counting(call: Any) -> None:
        nonlocal sent
        await call.request()
        await call.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            await call.say(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            sent += 4096

    receiver = await receive(endless_and_counting)
    await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT)
    async with asyncio.timeout(2):
        await receiver.all_closed.wait()
    assert sent < 20_000_000


async def test_a_head_just_in_time_is_a_delivery_however_slow_its_body(
    receive: Any, transport: AiohttpTransport
) -> None:
    async def in_the_last_moment(call: Any) -> None:
        await call.request()
        await call.hung_up_within(TIMEOUT.total_seconds() - 0.04)
        await call.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not await call.hung_up_within(0.01):
            await call.say(b"x")

    receiver = await receive(in_the_last_moment)
    for _ in range(10):  # on a busy machine the moment may be missed
        outcome = await transport.post(receiver.url, {}, b"{}", timeout=TIMEOUT)
        if isinstance(outcome, Delivered):
            break
    assert isinstance(outcome, Delivered)
    assert outcome.duration <= TIMEOUT


async def test_the_last_wall_holds_alone(transport: AiohttpTransport) -> None:
    address_info = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("10.0.0.1", 443))
    with pytest.raises(AddressRefused):
        transport._open_socket(address_info)  # noqa: SLF001 - the checks before it leave it nothing to refuse
