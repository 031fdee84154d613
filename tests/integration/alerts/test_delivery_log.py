"""The delivery log: who sees what, attempt by attempt; and what died is sent again while it still holds."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
from typer.testing import CliRunner

from services.alerts.__main__ import cli
from services.alerts.queries.deliveries import KEPT_DAYS, forget_old_deliveries
from shared.kernel.ids import new_id
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.waiting import eventually
from tests.support.world import OAK_STREET, RIVER_ROAD

LOG = "/v1/deliveries"
LONG_AGO = "2020-01-01T00:00:00Z"


async def asked(
    alone: AlertsAlone, path: str = "", *, by: dict[str, str] | None = None, **query: Any
) -> httpx.Response:
    headers = by or alone.world.bearer("dispatcher")
    return await alone.world.alerts.get(f"{LOG}{path}", params=query, headers=headers)


async def told(alone: AlertsAlone, path: str, **body: Any) -> httpx.Response:
    return await alone.world.alerts.post(f"{LOG}{path}", json=body or None, headers=alone.world.bearer("dispatcher"))


async def queued(alone: AlertsAlone, to: Interrupter, kind: str = "offer.taken", state: str = "dead") -> UUID:
    """A message as if it had come to this."""
    delivery_id = new_id()
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(
            "INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, settled_at)"
            " VALUES (:id, 'urgent', :kind, CAST(:to AS uuid), :body, :state, 5, clock_timestamp())",
            id=delivery_id,
            kind=kind,
            to=to.phone.endpoint_id,
            body=b'{"type":"truce.offer.taken","data":{}}',
            state=state,
        )
    return delivery_id


async def test_a_message_is_told_with_its_attempts_and_their_times(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", km=0.2, phone="503")
    incident = await alone.incident()
    await alone.world.deployment.start("alerts", "engine")

    async def retried() -> dict[str, Any] | None:
        [line] = (await asked(alone, kind="offer.made", incident_id=incident)).json()["items"]
        one: dict[str, Any] = (await asked(alone, f"/{line['delivery_id']}")).json()
        return one if len(one["history"]) >= 2 else None

    one = await eventually(retried)
    assert one is not None
    assert [(each["number"], each["outcome"], each["status"]) for each in one["history"][:2]] == [
        (1, "rejected_503", 503),
        (2, "rejected_503", 503),
    ]
    assert one["owner"] == {"kind": "interrupter", "id": str(heron.worker)}
    assert one["message"]["type"] == "truce.offer.made"
    assert 0 <= one["waited_ms"] < 10_000
    assert all(0 <= each["took_ms"] < 3000 for each in one["history"])
    assert heron.phone.url not in str(one)


async def test_the_log_is_searched_in_pages_that_keep_their_filters(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron"), await alone.world.on_duty("kestrel", km=2)
    ids = [str(await queued(alone, heron)) for _ in range(5)]
    await queued(alone, kestrel)
    await queued(alone, heron, state="delivered")
    query: dict[str, Any] = {"endpoint_id": heron.phone.endpoint_id, "state": "dead", "since": LONG_AGO, "limit": 2}
    found, answer = [], await asked(alone, **query)
    while True:
        found += [line["delivery_id"] for line in answer.json()["items"]]
        if "next" not in answer.links:
            break
        path = answer.links["next"]["url"]
        answer = await alone.world.alerts.get(path, headers=alone.world.bearer("dispatcher"))
    assert found == ids[::-1]
    assert (await asked(alone, since="2999-01-01T00:00:00Z")).json()["items"] == []
    for kind in ("offer.taken", "truce.offer.taken"):
        items = (await asked(alone, kind=kind)).json()["items"]
        assert [line["kind"] for line in items] == ["offer.taken"] * 7
    unknown = await asked(alone, kind="offer.take")
    assert "offer.made, offer.taken, offer.withdrawn" in unknown.json()["errors"][0]["detail"]
    for query in ({"state": "lost"}, {"kind": "x; DROP"}, {"since": "yesterday"}, {"endpoint_id": "7"}):
        assert (await asked(alone, **query)).status_code == 422
    assert (await asked(alone, cursor="made-up")).status_code == 400


async def test_everybody_sees_the_messages_of_those_they_may_see_and_no_others(alone: AlertsAlone) -> None:
    world = alone.world
    heron = await world.on_duty("heron")
    kestrel = await world.on_duty("kestrel", organization=RIVER_ROAD)
    of_heron = await queued(alone, heron)
    await queued(alone, kestrel)
    seen = {
        "dispatcher": world.bearer("dispatcher"),
        "auditor": world.bearer("auditor"),
        "supervisor": world.bearer("supervisor", org=OAK_STREET),
        "self": world.bearer("interrupter", worker=heron.worker),
        "stranger": world.bearer("interrupter", worker=kestrel.worker),
    }
    found = {
        who: {line["owner"]["id"] for line in (await asked(alone, by=bearer)).json()["items"]}
        for who, bearer in seen.items()
    }
    both = {str(heron.worker), str(kestrel.worker)}
    assert found == {
        "dispatcher": both,
        "auditor": both,
        "supervisor": {str(heron.worker)},
        "self": {str(heron.worker)},
        "stranger": {str(kestrel.worker)},
    }
    [mine] = (await asked(alone, by=seen["self"])).json()["items"]
    foreign = await asked(alone, f"/{mine['delivery_id']}", by=seen["stranger"])
    unknown = await asked(alone, f"/{new_id()}", by=seen["stranger"])
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())
    refused = await world.alerts.post(f"{LOG}/{mine['delivery_id']}/replay", headers=seen["stranger"])
    assert refused.status_code == 404
    assert (await world.alerts.post(f"{LOG}/{of_heron}/replay", headers=seen["auditor"])).status_code == 403


async def test_a_dead_notice_is_sent_again_once_under_an_id_of_its_own(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    dead = await queued(alone, heron)
    answers = await asyncio.gather(*(told(alone, f"/{dead}/replay") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    again = next(answer.json()["delivery_id"] for answer in answers if answer.status_code == 201)
    assert {answer.json().get("state") for answer in answers} == {None, "not_dead"}
    await alone.world.deployment.start("alerts", "engine")

    async def delivered() -> bool:
        return bool((await asked(alone, f"/{again}")).json()["state"] == "delivered")

    await eventually(delivered)
    assert [message["webhook-id"] for message in heron.phone.messages] == [again]
    old = (await asked(alone, f"/{dead}")).json()
    assert (old["state"], old["replayed_as"]) == ("replayed", again)
    assert (await asked(alone, f"/{again}")).json()["replay_of"] == str(dead)


async def test_a_question_that_has_ended_is_not_sent_again(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", phone="refused")
    incident = await alone.incident()
    await alone.world.deployment.start("alerts", "engine")

    async def dead() -> str:
        lines = (await asked(alone, state="dead", incident_id=incident, kind="offer.made")).json()["items"]
        return str(lines[0]["delivery_id"]) if lines else ""

    lost = await eventually(dead, within_s=20)
    refused = await told(alone, f"/{lost}/replay")
    assert (refused.status_code, refused.json()["state"]) == (409, "offer_ended")
    await queued(alone, heron)
    done = await told(alone, ":replay", since=LONG_AGO)
    assert done.json() == {"replayed": 1, "skipped": {"offer_ended": 1}, "more": False}
    await alone.world.alerts.post(
        f"/v1/webhook-endpoints/{heron.phone.endpoint_id}/disable", headers=alone.world.bearer("dispatcher")
    )
    await queued(alone, heron)
    done = await told(alone, ":replay", since=LONG_AGO, endpoint_id=heron.phone.endpoint_id)
    assert done.json()["replayed"] == 0
    assert done.json()["skipped"]["endpoint_disabled"] >= 2
    assert (await told(alone, ":replay", since="yesterday")).json()["errors"][0]["pointer"] == "/since"


async def test_an_acknowledged_page_is_not_sent_again(alone: AlertsAlone) -> None:
    incident = await alone.incident()
    [page] = (await alone.world.alerts.get("/v1/pages", headers=alone.world.bearer("dispatcher"))).json()
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE deliveries SET state = 'dead', next_attempt_at = NULL WHERE page_id IS NOT NULL")
    lines = (await asked(alone, incident_id=incident)).json()["items"]
    first, second = [line["delivery_id"] for line in lines]
    assert (await told(alone, f"/{first}/replay")).status_code == 201
    await alone.world.dispatcher.acknowledges(page["page_id"])
    refused = await told(alone, f"/{second}/replay")
    assert (refused.status_code, refused.json()["state"]) == (409, "page_settled")
    assert {line["state"] for line in (await asked(alone, incident_id=incident)).json()["items"]} == {
        "cancelled",
        "replayed",
        "dead",
    }


async def test_the_command_line_lists_shows_and_replays(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    one, other = await queued(alone, heron), await queued(alone, heron)
    await queued(alone, heron, kind="offer.made")
    settings = alone.world.deployment.settings("alerts")
    variables = {
        "TRUCE_ALERTS_POSTGRES_DSN": settings.postgres_dsn.get_secret_value(),
        "TRUCE_ALERTS_SECRETS_KEY": "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
        "TRUCE_ALERTS_PUBLIC_URL": "http://127.0.0.1:8102",
        "TRUCE_ALERTS_ENVIRONMENT": "test",
    }

    async def verb(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, cli, ("deliveries", *words), env=variables)
        return done.exit_code, done.output

    code, listed = await verb("list", "--state", "dead")
    assert code == 0
    assert str(one) in listed
    code, shown = await verb("show", str(one))
    assert (code, "offer.taken" in shown, "no attempt yet" in shown) == (0, True, True)
    code, said = await verb("replay", str(one))
    assert (code, said.startswith("sent again as ")) == (0, True)
    assert (await verb("replay", str(one)))[0] == 1
    assert (await verb("replay"))[0] == 2
    assert await verb("replay", "--since", "2020-01-01") == (0, "1 sent again, 1 stay (offer_ended)\n")
    assert (await asked(alone, f"/{other}")).json()["state"] == "replayed"


async def test_what_is_settled_is_forgotten_whole_after_its_time_and_nothing_else(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    old, fresh = await queued(alone, heron), await queued(alone, heron)
    waiting = await queued(alone, heron, kind="endpoint.test")
    await told(alone, f"/{old}/replay")
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(
            "INSERT INTO delivery_attempts (delivery_id, number, at, took_ms, outcome) VALUES (:id, 1, now(), 1, 'x')",
            id=old,
        )
        await tx.run(
            "UPDATE deliveries SET state = 'pending', next_attempt_at = clock_timestamp() WHERE id = :id", id=waiting
        )
        await tx.run(
            "UPDATE deliveries SET created_at = clock_timestamp() - make_interval(days => :days) WHERE id = ANY(:ids)",
            days=KEPT_DAYS + 1,
            ids=[old, waiting],
        )
        assert await forget_old_deliveries(tx) == 1
        rows = await tx.rows("SELECT id FROM deliveries WHERE replay_of IS NULL")
        assert {row["id"] for row in rows} >= {fresh, waiting}
        assert old not in {row["id"] for row in rows}
        assert await tx.rows("SELECT 1 FROM delivery_attempts") == []
