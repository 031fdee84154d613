"""`/v1/operations`: the command line's twins over HTTP. Who may look, who may act, and what is shown to whom."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import structlog

from shared.kernel.ids import new_id
from shared.messaging.alarms import raise_alarm
from shared.messaging.outbox import publish
from shared.web.pagination import write_cursor
from tests.integration.shared.notebook import SERVICE, TOPIC, Notebook, organization
from tests.integration.shared.test_poison import has_letters
from tests.support.waiting import eventually

BASE = "/v1/operations"
CANARY = b"canary-name-of-somebody"
READS = ("status", "outbox", "positions", "dead-letters")
ACTS: dict[str, Any] = {
    "outbox/retry": None,
    "outbox/republish": {"since": "2026-05-04T10:00:00Z"},
    "consumer/resume": {},
    "dead-letters/replay": {},
}
Connect = Callable[[str], Any]


@pytest.fixture
async def connect(notebook: Notebook) -> AsyncIterator[Connect]:
    async with AsyncExitStack():
        yield lambda role: notebook.deployment.client(SERVICE, role)


@pytest.fixture
async def admin(connect: Connect) -> httpx.AsyncClient:
    made: httpx.AsyncClient = await connect("admin")
    return made


async def with_letters(notebook: Notebook, count: int) -> list[str]:
    await notebook.send_raw(*([(b"k", CANARY, [("x", CANARY)])] * count))
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, count))
    return [str(row["id"]) for row in await notebook.letters()]


async def test_an_auditor_looks_and_does_not_act(notebook: Notebook, connect: Connect) -> None:
    auditor = await connect("auditor")
    for path in READS:
        assert (await auditor.get(f"{BASE}/{path}")).status_code == 200, path
    for path, body in ACTS.items():
        assert (await auditor.post(f"{BASE}/{path}", json=body)).status_code == 403, path


@pytest.mark.parametrize("role", ["dispatcher", "case_manager", "program_office", "supervisor", "analyst"])
async def test_nobody_else_even_looks(notebook: Notebook, connect: Connect, role: str) -> None:
    caller = await connect(role)
    for path in READS:
        assert (await caller.get(f"{BASE}/{path}")).status_code == 403, path


async def test_an_admin_does_what_the_command_line_does(notebook: Notebook, admin: httpx.AsyncClient) -> None:
    async with notebook.db.transaction() as tx:
        await publish(tx, organization("a"), organization("b"))
        await raise_alarm(tx, service=SERVICE, alarm="consumer_stopped", subject="position_outside_log")
    await notebook.run("UPDATE outbox SET set_aside_at = now(), failures = 3 WHERE topic = :topic", topic=TOPIC)
    await notebook.run("INSERT INTO consumer_stop (id, reason) VALUES (1, 'position_outside_log')")
    await notebook.run("UPDATE outbox SET published_at = '2026-05-04 10:00Z' WHERE topic <> :topic", topic=TOPIC)

    answers = {path: await admin.post(f"{BASE}/{path}", json=body) for path, body in ACTS.items()}
    assert {path: answer.json() for path, answer in answers.items()} == {
        "outbox/retry": {"count": 2},
        "outbox/republish": {"count": 1},
        "consumer/resume": {"resumed": True},
        "dead-letters/replay": {"replayed": 0, "refused": 0, "more": False},
    }
    assert await notebook.alarms() == {("consumer_stopped", "position_outside_log"): "cleared"}
    assert (await admin.post(f"{BASE}/consumer/resume", json={})).json() == {"resumed": False}


async def test_bodies_are_strict(admin: httpx.AsyncClient) -> None:
    for path, body in (
        ("outbox/republish", {}),
        ("outbox/republish", {"since": "2026-05-04T10:00:00"}),
        ("consumer/resume", {"from_begining": True}),
        ("dead-letters/replay", {"since": "yesterday"}),
    ):
        answer = await admin.post(f"{BASE}/{path}", json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), path


async def test_status_says_what_is_wrong(notebook: Notebook, admin: httpx.AsyncClient) -> None:
    await notebook.run("INSERT INTO consumer_stop (id, reason) VALUES (1, 'too_many_dead_letters')")
    found = (await admin.get(f"{BASE}/status")).json()
    assert (found["service"], found["verdict"], found["kafka_answers"]) == (SERVICE, "degraded", True)
    assert "the consumer is stopped: too_many_dead_letters" in found["wrong"]
    assert [process["role"] for process in found["processes"]] == ["api", "stream"]


async def test_the_outbox_is_paged_and_never_shows_a_body(notebook: Notebook, admin: httpx.AsyncClient) -> None:
    async with notebook.db.transaction() as tx:
        await publish(tx, *(organization("canary") for _ in range(5)))
    ids, path = [], f"{BASE}/outbox?limit=2"
    while path:
        answer = await admin.get(path)
        assert "canary" not in answer.text
        ids += [item["id"] for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert (len(ids), ids) == (5, sorted(set(ids)))
    shown = await admin.get(f"{BASE}/outbox/{ids[0]}")
    assert (shown.json()["topic"], "canary" in shown.text) == (TOPIC, False)
    assert (await admin.get(f"{BASE}/outbox/{2**62}")).status_code == 404
    for cursor in ("x", "WyItMSJd", "WyJhIl0", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Il0"):
        assert (await admin.get(f"{BASE}/outbox", params={"cursor": cursor})).status_code == 400, cursor
    for instant in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "a"):
        made_up = {"cursor": write_cursor(instant, new_id())}
        assert (await admin.get(f"{BASE}/dead-letters", params=made_up)).status_code == 400, instant


async def test_letters_are_paged_without_a_hole_although_many_came_at_once(
    notebook: Notebook, admin: httpx.AsyncClient
) -> None:
    letters = await with_letters(notebook, 5)
    await notebook.run("UPDATE dead_letters SET set_aside_at = '2026-05-04 10:00Z'")
    found, path = [], f"{BASE}/dead-letters?limit=2"
    while path:
        answer = await admin.get(path)
        found += [item["id"] for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert sorted(found) == sorted(letters)


async def test_what_was_sent_is_shown_to_an_admin_alone_and_each_time_is_written_down(
    notebook: Notebook, connect: Connect, admin: httpx.AsyncClient
) -> None:
    (letter,) = await with_letters(notebook, 1)
    auditor = await connect("auditor")
    for caller in (auditor, admin):
        for path in (f"{BASE}/dead-letters", f"{BASE}/dead-letters/{letter}"):
            answer = await caller.get(path)
            assert (answer.status_code, "canary" in answer.text) == (200, False)
    assert (await auditor.get(f"{BASE}/dead-letters/{letter}/content")).status_code == 403
    with structlog.testing.capture_logs() as lines:
        content = (await admin.get(f"{BASE}/dead-letters/{letter}/content")).json()
    assert (content["key"], content["value"], content["is_base64"]) == ("k", CANARY.decode(), False)
    (line,) = [line for line in lines if line["event"] == "operations.dead_letter_content_shown"]
    assert (line["by"], line["letter"]) == ("somebody", letter)
    assert "canary" not in str(lines)


async def test_a_letter_is_settled_once(notebook: Notebook, admin: httpx.AsyncClient) -> None:
    (letter,) = await with_letters(notebook, 1)
    refused = await admin.post(f"{BASE}/dead-letters/{letter}/replay")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "still-poison")
    assert (await admin.post(f"{BASE}/dead-letters/{letter}/discard")).status_code == 204
    assert (await admin.post(f"{BASE}/dead-letters/{letter}/discard")).status_code == 404
    (shown,) = (await admin.get(f"{BASE}/dead-letters", params={"state": "all"})).json()["items"]
    assert (shown["settlement"], shown["settled_by"]) == ("discarded", "somebody")
    assert (await admin.get(f"{BASE}/dead-letters")).json()["items"] == []
