"""A service asked for more than it can do answers what it can, and tells the rest at once to come again."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from shared.web.admission import AT_ONCE
from tests.integration.shared.shop import ORDER, Shop, problem
from tests.support.waiting import eventually

JSON = {"Content-Type": "application/json"}


async def ordered(client: httpx.AsyncClient, count: int) -> list[asyncio.Task[httpx.Response]]:
    """So many at once, none of which is answered while the shop's gate is closed."""
    tasks = [asyncio.create_task(client.post("/v1/orders", json=ORDER)) for _ in range(count)]

    async def is_full() -> bool:
        return (await client.get("/v1/nothing")).status_code == 503

    if count >= AT_ONCE:
        await eventually(is_full, within_s=4)
    return tasks


async def test_on_top_of_what_can_be_answered_it_is_a_503_at_once_and_nobody_who_waits_is_turned_away(
    shop: Shop, buyer: httpx.AsyncClient
) -> None:
    shop.counter.gate.clear()
    waiting = await ordered(buyer, AT_ONCE)
    unread = await buyer.request("GET", "/v1/orders", json={})
    for refused in (await buyer.post("/v1/orders", json=ORDER), await buyer.get("/v1/orders"), unread):
        problem(refused, 503, "busy")
        assert refused.headers["retry-after"] == "1"
    assert [(await buyer.get(path)).status_code for path in ("/livez", "/metrics")] == [200, 200]
    shop.counter.gate.set()
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {201}
    assert (await buyer.post("/v1/orders", json=ORDER)).status_code == 201
    assert await shop.count() == AT_ONCE + 1


async def test_who_sends_slowly_or_gives_up_holds_no_place(shop: Shop, buyer: httpx.AsyncClient) -> None:
    rest = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b'{"name": '
        await rest.wait()
        yield b'"bread"}'

    slow = [asyncio.create_task(buyer.post("/v1/orders", content=half(), headers=JSON)) for _ in range(2 * AT_ONCE)]
    shop.counter.gate.clear()
    for task in (given_up := await ordered(buyer, AT_ONCE)):
        task.cancel()
    await asyncio.wait(given_up)
    shop.counter.gate.set()
    assert (await buyer.post("/v1/orders", json=ORDER)).status_code == 201
    rest.set()
    assert {answer.status_code for answer in await asyncio.gather(*slow)} <= {201, 503}
