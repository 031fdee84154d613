"""Connections are kept between messages, and a kept connection never costs a message its delivery or its truth."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.alerts.delivery.outcomes import Delivered, Failed, Rejected, TimedOut
from services.alerts.delivery.transport import AiohttpTransport

TIMEOUT = timedelta(seconds=1)
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
UNAVAILABLE = b"HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n"


async def post(transport: AiohttpTransport, receiver: Any) -> Any:
    return await transport.post(receiver.url, {"webhook-id": "msg_1"}, b"{}", timeout=TIMEOUT)


async def test_messages_to_one_receiver_share_a_connection(receive: Any, transport: AiohttpTransport) -> None:
    async def polite(call: Any) -> None:
        while True:
            await call.request()
            await call.say(OK)

    receiver = await receive(polite)
    for _ in range(5):
        assert isinstance(await post(transport, receiver), Delivered)
    assert (receiver.connections, len(receiver.requests)) == (1, 5)


async def test_a_call_apart_uses_up_no_kept_connection(receive: Any, transport: AiohttpTransport) -> None:
    answering: list[Any] = []

    async def hangs_for_some(call: Any) -> None:
        while b"/hangs " not in await call.request():
            answering.append(call)
            await call.say(OK)
        await call.hang_up_awaited()

    receiver = await receive(hangs_for_some)
    assert isinstance(await post(transport, receiver), Delivered)
    url, briefly = receiver.url.rstrip("/") + "/hangs", timedelta(seconds=0.1)
    assert isinstance(await transport.post(url, {}, b"{}", timeout=briefly, apart=True), TimedOut)
    assert isinstance(await post(transport, receiver), Delivered)
    assert len(answering) == 2
    assert answering[0] is answering[1]


@pytest.mark.parametrize("answer", [OK, UNAVAILABLE])
async def test_a_connection_whose_answer_was_not_read_to_its_end_is_not_used_again(
    answer: bytes, receive: Any, transport: AiohttpTransport
) -> None:
    async def promises_more(call: Any) -> None:
        await call.request()
        await call.say(answer.replace(b"length: ", b"length: 9"))
        await call.hang_up_awaited()

    receiver = await receive(promises_more)
    for _ in range(3):
        await post(transport, receiver)
    assert (receiver.connections, len(receiver.requests)) == (3, 3)


@pytest.mark.parametrize("farewell", ["close", "reset", "close when asked", "reset when asked"])
async def test_a_kept_connection_that_dies_does_not_fail_the_next_message(
    farewell: str, receive: Any, transport: AiohttpTransport
) -> None:
    async def leaves(call: Any) -> None:
        await call.request()
        await call.say(OK)
        if "asked" in farewell:
            await call.request()
        if "reset" in farewell:
            call.reset()

    receiver = await receive(leaves)
    for _ in range(6):
        assert isinstance(await post(transport, receiver), Delivered)


async def test_a_receiver_that_always_closes_unanswered_fails_once_and_is_not_called_in_circles(
    receive: Any, transport: AiohttpTransport
) -> None:
    served = False

    async def answers_only_the_first(call: Any) -> None:
        nonlocal served
        await call.request()
        if not served:
            served = True
            await call.say(OK)
            await call.request()

    receiver = await receive(answers_only_the_first)
    assert isinstance(await post(transport, receiver), Delivered)
    assert isinstance(await post(transport, receiver), Failed)
    assert receiver.connections == 2


async def test_a_second_answer_to_the_last_message_is_not_taken_for_the_next_ones(
    receive: Any, transport: AiohttpTransport
) -> None:
    second_answer_is_out = asyncio.Event()

    async def answers_twice(call: Any) -> None:
        if receiver.connections == 1:
            await call.request()
            await call.say(OK)
            await answered.wait()
            await call.say(OK)
            second_answer_is_out.set()
        await call.request()
        await call.say(UNAVAILABLE)

    answered = asyncio.Event()
    receiver = await receive(answers_twice)
    assert isinstance(await post(transport, receiver), Delivered)
    answered.set()
    await second_answer_is_out.wait()
    assert isinstance(await post(transport, receiver), Rejected)
