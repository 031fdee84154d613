"""Text endpoints: an address that goes in and never comes out, of listed services, for people one may speak for."""

from typing import Any

import httpx
import pytest

from services.alerts.delivery.secret_box import SecretBox, endpoint_address_context
from services.alerts.settings import AlertsSettings
from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import Workforce, created, pointers
from tests.support.deployment import Deployment
from tests.support.roles import roles_of

TOKEN = "b" * 32
ADDRESS = f"twilio://AC{'a' * 32}:{TOKEN}@12025550100/12025550123"


async def heron_of(workforce: Workforce) -> tuple[str, dict[str, Any], httpx.AsyncClient]:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    return org, heron, await workforce.acting("interrupter", org=org, worker=heron["id"])


def of(heron: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"owner": {"kind": "interrupter", "id": heron["id"]}, "kind": "sms", "address": ADDRESS} | changes


async def test_an_address_goes_in_sealed_and_never_comes_out(workforce: Workforce) -> None:
    _, heron, own = await heron_of(workforce)
    key = {"Idempotency-Key": "phone-1"}
    answer = await own.post("/v1/text-endpoints", json=of(heron), headers=key)
    made = created(answer)
    assert (made["kind"], made["service"], made["url"], made["signature"]) == ("sms", "twilio", None, None)
    repeated = await own.post("/v1/text-endpoints", json=of(heron), headers=key)
    assert repeated.json() == made
    listed = await own.get("/v1/webhook-endpoints")
    assert listed.json()["items"] == [made]
    shown = await own.get(f"/v1/webhook-endpoints/{made['id']}")
    disabled = await own.post(f"/v1/webhook-endpoints/{made['id']}/disable")
    [row] = await workforce.all("SELECT w.*, to_jsonb(w) AS whole FROM webhook_endpoints w")
    kept = await workforce.all("SELECT to_jsonb(k) FROM idempotency_keys k")
    told = f"{row['whole']}{kept}{answer.text}{listed.text}{shown.text}{disabled.text}{await workforce.published()}"
    assert not any(hidden in told for hidden in (TOKEN, "12025550123"))
    assert TOKEN.encode() not in row["address_sealed"]
    settings = workforce.deployment.settings("alerts")
    assert isinstance(settings, AlertsSettings)
    box = SecretBox(settings.secrets_key_bytes)
    assert box.open(row["address_sealed"], context=endpoint_address_context(row["id"])) == ADDRESS


async def test_the_desk_and_supervisors_have_them_too(workforce: Workforce) -> None:
    org, _, _ = await heron_of(workforce)
    supervisor, dispatcher = await workforce.acting("supervisor", org=org), await workforce.acting("dispatcher")
    mail = {"kind": "email", "address": "mailtos://truce:pw@smtp.dc.gov?to=desk@dc.gov&from=truce@dc.gov"}
    chat = {"kind": "chat", "address": "mmosts://chat.dc.gov/3ccdd113474722377935511fc85d3dd4"}
    created(await supervisor.post("/v1/text-endpoints", json={"owner": {"kind": "supervisor", "id": org}} | mail))
    created(await dispatcher.post("/v1/text-endpoints", json={"owner": {"kind": "duty_dispatcher"}} | chat))
    rows = await workforce.all("SELECT kind, service FROM webhook_endpoints ORDER BY kind")
    assert [tuple(row.values()) for row in rows] == [("chat", "mmosts"), ("email", "mailtos")]


async def test_nobody_registers_or_places_for_strangers(workforce: Workforce) -> None:
    org, heron, own = await heron_of(workforce)
    made = created(await own.post("/v1/text-endpoints", json=of(heron)))
    stranger = await workforce.acting("supervisor", "interrupter", org=new_id(), worker=new_id())
    for owner in ({"kind": "interrupter", "id": heron["id"]}, {"kind": "supervisor", "id": org}):
        assert pointers(await stranger.post("/v1/text-endpoints", json=of(heron, owner=owner))) == ["/owner"]
    foreign = await stranger.put(
        f"/v1/webhook-endpoints/{made['id']}/position", json={"position": 3}, headers={"If-Match": "*"}
    )
    assert foreign.status_code == 404
    assert await workforce.one("SELECT count(*) FROM webhook_endpoints WHERE position = 0") == 1


async def test_a_text_channel_has_no_key_to_rotate(workforce: Workforce) -> None:
    _, heron, own = await heron_of(workforce)
    made = created(await own.post("/v1/text-endpoints", json=of(heron)))
    answer = await own.post(f"/v1/webhook-endpoints/{made['id']}/rotate-secret", json={}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["state"]) == (409, "sms")


UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({"address": ""}, "/address"),
    ({"address": "exec:///bin/hidden"}, "/address"),
    ({"address": "file:///etc/hidden"}, "/address"),
    ({"address": "https://hidden.org/x"}, "/address"),
    ({"address": "mailtos://u:hidden@smtp.dc.gov?to=a@dc.gov"}, "/address"),
    ({"address": "twilio://short:hidden@1/2"}, "/address"),
    ({"address": ADDRESS + "?template=/etc/hidden"}, "/address"),
    ({"address": ADDRESS + "\u0000hidden"}, "/address"),
    ({"address": "twilio://" + "h" * 1000}, "/address"),
    ({"address": 5}, "/address"),
    ({"kind": "webhook"}, "/kind"),
    ({"kind": "fax"}, "/kind"),
    ({"kind": "email"}, "/address"),
    ({"owner": {"kind": "interrupter"}}, "/owner/id"),
    ({"position": -1}, "/position"),
    ({"position": 100}, "/position"),
    ({"position": "1"}, "/position"),
    ({"url": "https://hidden.org"}, "/url"),
]


async def test_what_cannot_be_used_names_the_field_and_leaves_nothing(workforce: Workforce) -> None:
    _, heron, own = await heron_of(workforce)
    for change, pointer in UNUSABLE:
        answer = await own.post("/v1/text-endpoints", json=of(heron, **change))
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), change
        assert "hidden" not in answer.text
    assert await workforce.one("SELECT count(*) FROM webhook_endpoints") == 0


@pytest.mark.parametrize(
    ("kind", "address"), [("sms", "json://127.0.0.1:1/x"), ("email", "mailto://127.0.0.1?to=a@dc.gov&from=b@dc.gov")]
)
async def test_without_an_allowed_network_nothing_goes_unencrypted(
    deployment: Deployment, kind: str, address: str
) -> None:
    settings = await deployment.ready_settings("alerts", webhook_allowed_networks=[])
    app = roles_of("alerts").app(await deployment.database("alerts"), settings)
    headers = {"Authorization": f"Bearer {deployment.token('dispatcher')}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://truce.test", headers=headers
    ) as desk:
        body = {"owner": {"kind": "duty_dispatcher"}, "kind": kind, "address": address}
        assert pointers(await desk.post("/v1/text-endpoints", json=body)) == ["/address"]
