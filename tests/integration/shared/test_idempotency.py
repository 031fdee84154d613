"""`Idempotency-Key`: a request sent again gets its first answer and changes nothing, however it is sent again."""

import asyncio

import httpx

from tests.integration.shared.shop import ORDER, Shop, problem


async def test_the_same_request_again_gets_the_same_answer_and_changes_nothing(
    shop: Shop, buyer: httpx.AsyncClient
) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = await buyer.post("/v1/orders", json=ORDER, headers=key)
    second = await buyer.post("/v1/orders", json=ORDER, headers=key)
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert await shop.count() == 1
    problem(await buyer.post("/v1/orders", json={"name": "milk"}, headers=key), 422, "idempotency-key-reused")
    assert await shop.count() == 1


async def test_a_key_belongs_to_its_caller_and_its_path(shop: Shop, buyer: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    async with shop.client("dispatcher", sub="somebody-else") as other:
        answers = [
            await buyer.post("/v1/orders", json=ORDER, headers=key),
            await buyer.post("/v1/other-orders", json=ORDER, headers=key),
            await other.post("/v1/orders", json=ORDER, headers=key),
        ]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json()["order_id"] for answer in answers}) == 3


async def test_the_same_request_in_flight_is_a_409_and_succeeds_later(shop: Shop, buyer: httpx.AsyncClient) -> None:
    shop.counter.gate.clear()
    key = {"Idempotency-Key": "k-1"}
    first = asyncio.create_task(buyer.post("/v1/orders", json=ORDER, headers=key))
    await shop.counter.inside.wait()
    second = await buyer.post("/v1/orders", json=ORDER, headers=key)
    problem(second, 409, "in-flight")
    assert second.headers["retry-after"] == "1"
    shop.counter.gate.set()
    assert (await first).status_code == 201
    assert (await buyer.post("/v1/orders", json=ORDER, headers=key)).json() == (await first).json()


async def test_fifty_at_once_with_one_key_are_one_order(shop: Shop, buyer: httpx.AsyncClient) -> None:
    posts = (buyer.post("/v1/orders", json=ORDER, headers={"Idempotency-Key": "k"}) for _ in range(50))
    statuses = {answer.status_code for answer in await asyncio.gather(*posts)}
    assert statuses <= {201, 409}
    assert await shop.count() == 1


async def test_a_failed_request_leaves_its_key_free(shop: Shop, buyer: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    assert (await buyer.post("/v1/orders", json={"name": "canary-taken"}, headers=key)).status_code == 500
    assert (await buyer.post("/v1/orders", json=ORDER, headers=key)).status_code == 201


async def test_a_machine_must_send_a_key(shop: Shop) -> None:
    async with shop.client("source") as machine:
        problem(await machine.post("/v1/orders", json=ORDER), 428, "idempotency-key-required")
        assert (await machine.post("/v1/orders", json=ORDER, headers={"Idempotency-Key": "k"})).status_code == 201
