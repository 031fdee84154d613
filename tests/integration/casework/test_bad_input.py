"""What cannot be accepted is refused with the place of the mistake, is not repeated, and leaves nothing behind."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.casework.conftest import Desk

CANARY = "canary-jane-doe"
SOME = "449e40dc-a731-4f62-acb3-9bb4d32a14cc"


async def refused(desk: Desk, path: str, content: bytes) -> Any:
    answer = await desk.supervisor.http.post(path, content=content, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert CANARY not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    for table in ("participants", "cases", "handoffs", "outbox", "idempotency_keys"):
        assert await desk.count(table) == 0, table
    return answer


def body(text: str) -> bytes:
    return text.replace("CANARY", CANARY).replace("SOME", SOME).encode()


@pytest.mark.parametrize(
    ("path", "text", "pointer"),
    [
        ("/v1/participants", '{"name": "CANARY"}', "/name"),
        ("/v1/participants", '{"birth_date": "1999-01-01"}', "/birth_date"),
        ("/v1/participants", '{"community": "CANARY!"}', "/community"),
        ("/v1/participants", '{"community": "park\\u0000view"}', "/community"),
        ("/v1/participants", '{"community": "park-view\\n"}', "/community"),
        ("/v1/participants", '{"community": 7}', "/community"),
        ("/v1/participants", '{"community": "' + "a" * 65 + '"}', "/community"),
        ("/v1/cases", "{}", "/participant_id"),
        ("/v1/cases", '{"participant_id": "CANARY", "organization_id": "SOME"}', "/participant_id"),
        ("/v1/cases", '{"participant_id": 12, "organization_id": "SOME"}', "/participant_id"),
        ("/v1/cases", '{"participant_id": "SOME", "organization_id": null}', "/organization_id"),
        ("/v1/cases", '{"participant_id": "SOME", "organization_id": "SOME", "state": "closed"}', "/state"),
        (f"/v1/cases/{SOME}/assign", '{"worker_id": ["CANARY"]}', "/worker_id"),
        (f"/v1/cases/{SOME}/handoffs", '{"to_worker_id": "SOME", "reason": "CANARY"}', "/reason"),
        (f"/v1/cases/{SOME}/handoffs", '{"to_worker_id": "SOME\\u0000", "reason": "capacity"}', "/to_worker_id"),
        (f"/v1/handoffs/{SOME}/reject", '{"reason": "CANARY"}', "/reason"),
        (f"/v1/handoffs/{SOME}/reject", '{"reason": "no_capacity", "note": "CANARY"}', "/note"),
    ],
)
async def test_a_field_that_cannot_be_accepted_is_named(desk: Desk, path: str, text: str, pointer: str) -> None:
    answer = await refused(desk, path, body(text))
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_half_a_character_is_no_text(desk: Desk) -> None:
    answer = await refused(desk, "/v1/participants", b'{"community": "\\ud800"}')
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/community")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"community": ', 400),
        (b'{"community": NaN}', 400),
        (b'{"community": "a", "community": "b"}', 400),
        (b'{"community": "\xff"}', 400),
        (b"[" * 100 + b"]" * 100, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"community": "' + b"a" * 1_000_000 + b'"}', 413),
    ],
)
async def test_a_body_that_is_no_request_is_refused(desk: Desk, content: bytes, status: int) -> None:
    assert (await refused(desk, "/v1/participants", content)).status_code == status


async def test_a_body_that_hides_its_length_is_refused_just_so(desk: Desk) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    answer = await desk.heron.http.post("/v1/participants", content=pieces())
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("path", ["/v1/cases/{}", "/v1/participants/{}", "/v1/handoffs/{}"])
@pytest.mark.parametrize("not_an_id", [CANARY, "%00", "1"])
async def test_an_address_that_holds_no_id_is_refused(desk: Desk, path: str, not_an_id: str) -> None:
    answer = await desk.heron.http.get(path.format(not_an_id))
    assert answer.status_code == 422
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        *("cases?limit=0", "cases?limit=201", "cases?limit=x", "cases?state=lost", "cases?organization=x"),
        *("cases?cursor=x", "cases?cursor=WyJub3QgYW4gaWQiXQ", "cases?mine=perhaps", "cases?order=age"),
        *("handoffs?to=everybody", "handoffs?cursor=WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OSJd", "handoffs?state=open"),
        *("follow-ups?state=lost", "follow-ups?overdue=perhaps", "follow-ups?cursor=WyIyMDI2LTAxLTAxIiwgIngiXQ"),
        "follow-ups?cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwgIngiXQ",
    ],
)
async def test_a_question_that_is_none_is_refused(desk: Desk, query: str) -> None:
    assert (await desk.heron.http.get(f"/v1/{query}")).status_code in (400, 422)
