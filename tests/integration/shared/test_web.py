"""What every service's HTTP side promises, on a tiny app made by the shared factory."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.persistence.database import Database
from shared.web.body_deadline import BodyDeadline
from shared.web.pagination import write_cursor
from tests.integration.shared.shop import ORDER, Counter, Shop, build_shop, problem

# who may


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Bearer x.y.z", "Basic eDp5", "Bearer " + "[" * 5000])
async def test_without_an_acceptable_token_it_is_a_401(shop: Shop, header: str | None) -> None:
    async with shop.client() as client:
        answer = await client.post("/v1/orders", json=ORDER, headers={"Authorization": header} if header else {})
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_with_another_role_it_is_a_403(shop: Shop) -> None:
    async with shop.client("analyst") as client:
        problem(await client.post("/v1/orders", json=ORDER), 403, "not-allowed")
    assert await shop.count() == 0


# bodies


async def test_a_body_over_64_kib_is_a_413_by_its_length_and_by_its_chunks(
    shop: Shop, buyer: httpx.AsyncClient
) -> None:
    large = json.dumps(ORDER | {"name": "x" * 70_000}).encode()

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 1000):
            yield large[start : start + 1000]

    kind = {"Content-Type": "application/json"}
    problem(await buyer.post("/v1/orders", content=large, headers=kind), 413, "body-too-large")
    problem(await buyer.post("/v1/orders", content=chunks(), headers=kind), 413, "body-too-large")


async def test_a_body_that_does_not_arrive_in_time_is_a_408_that_ends_the_connection(shop: Shop) -> None:
    never = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield b'{"name": '
        await never.wait()

    async with shop.client("dispatcher", app=BodyDeadline(shop.app, 0.2)) as client:
        answer = await client.post("/v1/orders", content=half(), headers={"Content-Type": "application/json"})
    problem(answer, 408, "body-too-slow")
    assert answer.headers["connection"] == "close"


async def test_the_body_deadline_does_not_limit_the_work_after_it(shop: Shop) -> None:
    shop.counter.gate.clear()
    async with shop.client("dispatcher", app=BodyDeadline(shop.app, 0.05)) as client:
        request = asyncio.create_task(client.post("/v1/orders", json=ORDER))
        await shop.counter.inside.wait()
        await asyncio.wait([request], timeout=0.2)
        shop.counter.gate.set()
        assert (await request).status_code == 201


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"name": "a", "name": "b"}', b'{"name": "a", "weight_kg": NaN}', b"\xff", b"[" * 1000]
)
async def test_a_malformed_body_is_a_400(buyer: httpx.AsyncClient, body: bytes) -> None:
    answer = await buyer.post("/v1/orders", content=body, headers={"Content-Type": "application/json"})
    if body:
        problem(answer, 400, "malformed-json")
    else:
        assert problem(answer, 422, "invalid")["errors"] == [{"pointer": "", "detail": "Field required"}]


async def test_a_body_of_another_kind_is_refused(buyer: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"):
        answer = await buyer.post("/v1/orders", content=b'{"name": "bread"}', headers={"Content-Type": kind})
        problem(answer, 422, "invalid")


async def test_fields_that_cannot_be_accepted_are_pointed_at_and_never_repeated(buyer: httpx.AsyncClient) -> None:
    sent = {"name": "canary\n", "count": "canary", "weight_kg": [1], "wanted_by": "canary", "Canary Jane, 1990": 1}
    answer = await buyer.post("/v1/orders", json=sent, headers={"Idempotency-Key": "ab"})
    body = problem(answer, 422, "invalid")
    assert {error["pointer"] for error in body["errors"]} == {"/name", "/count", "/weight_kg", "/wanted_by", "/?"}
    assert "canary" not in answer.text.lower()


async def test_parameters_outside_the_body_are_pointed_at_too(buyer: httpx.AsyncClient) -> None:
    body = problem(await buyer.get("/v1/orders", params={"limit": "canary"}), 422, "invalid")
    assert [error["pointer"] for error in body["errors"]] == ["#query/limit"]
    body = problem(await buyer.post("/v1/orders", json=ORDER, headers={"Idempotency-Key": "a b"}), 422, "invalid")
    assert [error["pointer"] for error in body["errors"]] == ["#header/idempotency-key"]


@pytest.mark.parametrize("cursor", ["x", "%%%", "é", "W10", "WzFd", "W251bGxd", "bnVsbA", write_cursor("a", "b")])
async def test_a_made_up_cursor_is_a_400(buyer: httpx.AsyncClient, cursor: str) -> None:
    problem(await buyer.get("/v1/orders", params={"cursor": cursor}), 400, "bad-cursor")


@pytest.mark.parametrize("key", ["\x00", "a\x00b", "\ud800"])
async def test_a_cursor_that_the_database_cannot_hold_is_a_400(buyer: httpx.AsyncClient, key: str) -> None:
    problem(await buyer.get("/v1/orders", params={"cursor": write_cursor(key)}), 400, "bad-cursor")


# failures


@pytest.mark.parametrize("kind", ["bug", "constraint", "argument"])
async def test_what_nobody_foresaw_is_a_500_without_details_here_and_in_the_log(
    shop: Shop, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with shop.client() as client:
        answer = await client.get(f"/v1/failures/{kind}")
    assert set(problem(answer, 500, "unexpected")) == {"type", "title", "status", "detail"}
    assert "canary" not in answer.text
    assert "http.unexpected" in caplog.text


@pytest.mark.parametrize(
    ("kind", "status", "slug", "more"),
    [
        ("not-found", 404, "not-found", {}),
        ("no-such-thing", 404, "not-found", {}),
        ("state", 409, "state-conflict", {"state": "closed"}),
        ("invalid", 422, "invalid", {"errors": [{"pointer": "/count", "detail": "is more than there are"}]}),
        ("unavailable", 503, "unavailable", {}),
    ],
)
async def test_a_refusal_is_a_problem_of_its_kind(
    shop: Shop, kind: str, status: int, slug: str, more: dict[str, Any]
) -> None:
    async with shop.client() as client:
        answer = await client.get(f"/v1/failures/{kind}")
    assert problem(answer, status, slug).items() >= more.items()
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_unknown_paths_and_methods_are_problems_too(buyer: httpx.AsyncClient) -> None:
    problem(await buyer.get("/v1/nothing"), 404, "not-found")
    problem(await buyer.delete("/v1/orders"), 405, "method-not-allowed")


async def test_without_its_database_it_answers_503_and_says_when_to_come_again(shop: Shop) -> None:
    away = Database("postgresql://nobody:x@127.0.0.1:1/nowhere")
    app = build_shop(away, shop.deployment.settings("casework"), Counter())
    async with shop.client("dispatcher", app=app) as client:
        answer = await client.post("/v1/orders", json=ORDER)
        problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "2"
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/livez")).status_code == 200
    await away.close()


# health


async def test_readiness_tells_a_degraded_service_from_one_that_cannot_serve(shop: Shop) -> None:
    async def told() -> tuple[int, Any]:
        answer = await client.get("/readyz")
        return answer.status_code, answer.json().get("degraded")

    async def run(statement: str) -> None:
        async with shop.db.transaction() as tx:
            await tx.run(statement)

    async with shop.client() as client:
        assert await told() == (200, ["stream_silent"])
        await run("INSERT INTO heartbeats VALUES ('stream', clock_timestamp())")
        assert await told() == (200, ["kafka_away"])
        await run("INSERT INTO heartbeats VALUES ('kafka', clock_timestamp())")
        assert await told() == (200, [])
        await run(
            "INSERT INTO outbox (event_id, topic, key, headers, value, created_at) "
            "VALUES (gen_random_uuid(), 't', 'k', '{}', '', clock_timestamp() - interval '1 minute')"
        )
        await run("INSERT INTO consumer_stop VALUES (1, 'a reason')")
        await run("UPDATE heartbeats SET beat_at = beat_at - interval '1 minute' WHERE role = 'kafka'")
        assert await told() == (200, ["outbox_waits", "kafka_away", "consumer_stopped"])
        await run("UPDATE heartbeats SET beat_at = beat_at - interval '1 minute' WHERE role = 'stream'")
        assert await told() == (200, ["outbox_waits", "stream_silent", "consumer_stopped"])


async def test_a_database_without_its_migrations_is_not_ready(shop: Shop) -> None:
    async with shop.db.transaction() as tx:
        await tx.run("DELETE FROM alembic_version WHERE version_num LIKE 'casework%'")
    async with shop.client() as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "migrations missing"})


async def test_metrics_count_requests_by_route_pattern(shop: Shop, buyer: httpx.AsyncClient) -> None:
    await buyer.get("/v1/failures/bug")
    await buyer.get("/v1/nothing-of-the-kind")
    metrics = (await buyer.get("/metrics")).text
    assert 'truce_http_request_seconds_count{method="GET",route="/v1/failures/{kind}",status="500"}' in metrics
    assert 'route="unmatched",status="404"' in metrics
    assert "nothing-of-the-kind" not in metrics


async def test_a_trace_is_continued_and_a_false_one_is_not(buyer: httpx.AsyncClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    sound = await buyer.get("/livez", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert sound.headers["traceparent"].split("-")[1] == trace
    false = await buyer.get("/livez", headers={"traceparent": f"00-{trace}-canary-01"})
    assert false.headers["traceparent"].split("-")[1] != trace
