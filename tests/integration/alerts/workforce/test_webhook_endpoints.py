"""Endpoints: a few phones per interrupter, a secret that is told once, and no address that we would not call."""

import asyncio
from typing import Any

import httpx
import pytest

from services.alerts.delivery.secret_box import SecretBox, SecretUnreadable, endpoint_secret_context
from services.alerts.settings import AlertsSettings
from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import Workforce, created, pointers
from tests.support.deployment import Deployment
from tests.support.roles import roles_of

URL = "http://127.0.0.1:4711/phones/heron?token=abc"


async def team(workforce: Workforce) -> tuple[str, dict[str, Any], httpx.AsyncClient]:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    return org, heron, await workforce.acting("interrupter", org=org, worker=heron["id"])


def of(heron: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"owner": {"kind": "interrupter", "id": heron["id"]}, "url": URL} | changes


async def test_the_secret_is_told_once_and_kept_sealed(workforce: Workforce) -> None:
    _, heron, own = await team(workforce)
    key = {"Idempotency-Key": "phone-1"}
    made = created(await own.post("/v1/webhook-endpoints", json=of(heron), headers=key))
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made["url"] == URL

    repeated = created(await own.post("/v1/webhook-endpoints", json=of(heron), headers=key))
    assert repeated == made | {"secret": None}
    listed = await own.get("/v1/webhook-endpoints")
    assert listed.json()["items"] == [made]
    disabled = await own.post(f"/v1/webhook-endpoints/{made['id']}/disable")
    assert disabled.json() == made | {"enabled": False, "disabled_reason": "by_request", "version": 2}

    stored = await workforce.all("SELECT w.*, to_jsonb(w) AS whole FROM webhook_endpoints w")
    kept = await workforce.all("SELECT response FROM idempotency_keys")
    bare = secret.removeprefix("whsec_")
    assert bare not in f"{stored}{kept}{listed.text}{disabled.text}{repeated}{await workforce.published()}"
    assert bare.encode() not in stored[0]["secret_sealed"]


async def test_a_sealed_secret_opens_for_its_own_endpoint_alone(workforce: Workforce) -> None:
    _, heron, own = await team(workforce)
    made = created(await own.post("/v1/webhook-endpoints", json=of(heron)))
    settings = workforce.deployment.settings("alerts")
    assert isinstance(settings, AlertsSettings)
    box, [row] = SecretBox(settings.secrets_key_bytes), await workforce.all("SELECT * FROM webhook_endpoints")
    assert box.open(row["secret_sealed"], context=endpoint_secret_context(row["id"])) == made["secret"]
    with pytest.raises(SecretUnreadable):
        box.open(row["secret_sealed"], context=endpoint_secret_context(new_id()))


async def test_an_interrupter_has_an_endpoint_once_and_five_at_most(workforce: Workforce) -> None:
    org, heron, own = await team(workforce)
    first = created(await own.post("/v1/webhook-endpoints", json=of(heron)))
    second = await (await workforce.acting("supervisor", org=org)).post("/v1/webhook-endpoints", json=of(heron))
    assert second.status_code == 409
    for _ in range(2):
        assert (await own.post(f"/v1/webhook-endpoints/{first['id']}/disable")).json()["version"] == 2
    third = created(await own.post("/v1/webhook-endpoints", json=of(heron)))
    assert third["secret"] != first["secret"]
    more = [created(await own.post("/v1/webhook-endpoints", json=of(heron, url=f"{URL}{n}"))) for n in range(4)]
    assert [one["position"] for one in more] == [1, 2, 3, 4]
    assert (await own.post("/v1/webhook-endpoints", json=of(heron, url=f"{URL}5"))).status_code == 409
    assert (await own.post(f"/v1/webhook-endpoints/{first['id']}/enable")).status_code == 409
    assert await workforce.one("SELECT count(*) FROM webhook_endpoints WHERE enabled") == 5


async def test_two_phones_registered_at_once_for_one_interrupter_are_one(workforce: Workforce) -> None:
    _, heron, own = await team(workforce)
    answers = await asyncio.gather(*(own.post("/v1/webhook-endpoints", json=of(heron)) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await workforce.one("SELECT count(*) FROM webhook_endpoints") == 1


async def test_supervisors_and_the_desk_may_have_several(workforce: Workforce) -> None:
    org, _, _ = await team(workforce)
    supervisor, dispatcher = await workforce.acting("supervisor", org=org), await workforce.acting("dispatcher")
    for _ in range(2):
        owner = {"kind": "supervisor", "id": org}
        created(await supervisor.post("/v1/webhook-endpoints", json={"owner": owner, "url": URL}))
        desk = {"kind": "duty_dispatcher"}
        created(await dispatcher.post("/v1/webhook-endpoints", json={"owner": desk, "url": URL}))
    assert [one["owner"] for one in (await supervisor.get("/v1/webhook-endpoints")).json()["items"]] == [owner] * 2
    assert len((await dispatcher.get("/v1/webhook-endpoints")).json()["items"]) == 4


async def test_nobody_registers_sees_or_disables_for_strangers(workforce: Workforce) -> None:
    org, heron, own = await team(workforce)
    made = created(await own.post("/v1/webhook-endpoints", json=of(heron)))
    stranger = await workforce.acting("supervisor", "interrupter", org=new_id(), worker=new_id())
    assert (await stranger.get("/v1/webhook-endpoints")).json()["items"] == []
    foreign = await stranger.post(f"/v1/webhook-endpoints/{made['id']}/disable")
    unknown = await stranger.post(f"/v1/webhook-endpoints/{new_id()}/disable")
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())
    refusals = [
        await stranger.post("/v1/webhook-endpoints", json={"owner": {"kind": kind} | owner, "url": URL})
        for kind, owner in (
            ("interrupter", {"id": heron["id"]}),
            ("interrupter", {"id": str(new_id())}),
            ("supervisor", {"id": org}),
            ("duty_dispatcher", {}),
        )
    ]
    assert {(answer.status_code, answer.text) for answer in refusals} == {(422, refusals[1].text)}
    assert [row["enabled"] for row in await workforce.all("SELECT enabled FROM webhook_endpoints")] == [True]


UNCALLABLE: list[tuple[dict[str, Any], str]] = [
    ({"url": "ftp://127.0.0.1/x"}, "/url"),
    ({"url": "http://user:pass@127.0.0.1/x"}, "/url"),
    ({"url": "http://10.0.0.7/hidden"}, "/url"),
    ({"url": "http://169.254.169.254/latest"}, "/url"),
    ({"url": "http://127.0.0.1/\u0000"}, "/url"),
    ({"url": "http://127.0.0.1/" + "x" * 2000}, "/url"),
    ({"owner": {"kind": "interrupter"}}, "/owner/id"),
    ({"owner": {"kind": "duty_dispatcher", "id": str(new_id())}}, "/owner/id"),
    ({"owner": {"kind": "police", "id": str(new_id())}}, "/owner/kind"),
    ({"secret": "whsec_mine"}, "/secret"),
    *(({"position": wrong}, "/position") for wrong in (-1, 100, "1", 1.5, True)),
]


async def test_what_cannot_be_called_is_refused_and_not_repeated(workforce: Workforce) -> None:
    _, heron, own = await team(workforce)
    for change, pointer in UNCALLABLE:
        answer = await own.post("/v1/webhook-endpoints", json=of(heron, **change))
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), change
        assert not any(sent in answer.text for sent in ("hidden", "pass", "latest", "mine"))
    assert await workforce.one("SELECT count(*) FROM webhook_endpoints") == 0


NOT_PUBLIC = [
    URL,
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://phone.internal/x",
    "https://[::1]/x",
    "https://192.168.1.20/x",
    "https://0x7f.1/x",
    "http://phones.onse.dc.gov/x",
    "https://phones.onse.dc.gov:8443/x",
]


async def test_without_an_allowed_network_only_public_addresses_are_taken(deployment: Deployment) -> None:
    settings = await deployment.ready_settings("alerts", webhook_allowed_networks=[])
    app = roles_of("alerts").app(await deployment.database("alerts"), settings)
    headers = {"Authorization": f"Bearer {deployment.token('dispatcher')}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://truce.test", headers=headers
    ) as desk:
        for url in NOT_PUBLIC:
            body = {"owner": {"kind": "duty_dispatcher"}, "url": url}
            assert pointers(await desk.post("/v1/webhook-endpoints", json=body)) == ["/url"], url
        public = await desk.post("/v1/webhook-endpoints", json=body | {"url": "https://phones.onse.dc.gov/x"})
        assert public.status_code == 201
