"""Several endpoints of one person: in order, the next one beside the retries of the one before."""

import re
from typing import Any

from services.alerts.usecases.messages.other_channels import NEXT_CHANNEL_S
from tests.integration.alerts.channels.conftest import (
    delivery_states,
    execute,
    person,
    reached_by_text,
    settled,
    state_of,
)
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.response_pages import ResponsePage, said
from tests.support.text_receivers import Gateway, MailServer, TextReceiver
from tests.support.waiting import eventually

_NEXT_TRY_IS_THE_LAST = "UPDATE deliveries SET attempts = 4 WHERE state = 'retry_scheduled'"


async def texted(receiver: TextReceiver, count: int = 1, within_s: float = 25) -> str:
    """The newest text, once there are so many."""

    async def there() -> bool:
        return len(receiver.texts) >= count

    await eventually(there, within_s=within_s)
    assert len(receiver.texts) == count
    return receiver.texts[-1]


async def next_channel_waited_s(alone: AlertsAlone) -> float:
    async with alone.world.alerts_db.transaction() as tx:
        row = await tx.row(
            "SELECT extract(epoch FROM first_attempt_at - created_at) AS s FROM deliveries WHERE place = 1"
        )
    return float(row["s"])


async def states(alone: AlertsAlone, who: Interrupter, kind: str = "offer.made") -> dict[str, str]:
    return await delivery_states(alone, kind=kind, who=str(who.worker))


async def becomes(alone: AlertsAlone, who: Interrupter, wanted: dict[str, str], kind: str = "offer.made") -> None:
    async def there() -> bool:
        return await states(alone, who, kind) == wanted

    await eventually(there, within_s=20)


async def test_a_dead_webhook_rings_by_sms_at_once_beside_the_next_person_and_is_answered(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", km=0.2, phone="refused")
    kestrel = await alone.world.on_duty("kestrel", km=1)
    async with Gateway() as gateway:
        await reached_by_text(alone, person(heron), gateway)
        incident = await alone.incident()
        await alone.world.deployment.start("alerts", "engine")
        text = await texted(gateway)
        assert await next_channel_waited_s(alone) < NEXT_CHANNEL_S
        await kestrel.is_offered(incident)
        for words in ("Can you take this?", "Scene, Alder", "Answer within"):
            assert words in text
        assert not any(hidden in text for hidden in ("38.9", "-77.0", incident))
        async with alone.world.alerts_db.transaction() as tx:
            await tx.run(_NEXT_TRY_IS_THE_LAST)
        await becomes(alone, heron, {"webhook": "dead", "sms": "delivered"})
        offers = {one["interrupter_id"]: one for one in (await alone.world.dispatch(incident))["offers"]}
        asked = offers[str(heron.worker)]
        assert (asked["state"], asked["acknowledged_at"]) == ("open", None)
        assert asked["delivered_at"] is not None
        found = re.search(r"https?://\S+", text)
        assert found
        assert said(await ResponsePage(alone.world.alerts, found[0]).press("take")) == "You have it."


async def test_a_hanging_webhook_rings_by_sms_after_five_seconds(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", phone="hang")
    async with Gateway() as gateway:
        await reached_by_text(alone, person(heron), gateway)
        await alone.incident()
        await alone.world.deployment.start("alerts", "engine")
        await texted(gateway)
        assert NEXT_CHANNEL_S <= await next_channel_waited_s(alone) < 2 * NEXT_CHANNEL_S


async def test_while_the_first_channel_works_no_other_is_used(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    async with Gateway() as gateway, MailServer() as server:
        await reached_by_text(alone, person(heron), gateway)
        await reached_by_text(alone, person(heron), server, kind="email")
        incident = await alone.incident()
        await alone.world.deployment.start("alerts", "engine")
        await heron.is_offered(incident)
        await becomes(alone, heron, {"webhook": "delivered", "sms": "cancelled", "email": "cancelled"})
        assert gateway.calls == server.calls == 0


async def test_only_when_every_channel_is_dead_somebody_is_undeliverable(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", phone="503")
    async with Gateway("refuse") as gateway:
        await reached_by_text(alone, person(heron), gateway)
        incident = await alone.incident()
        await alone.world.deployment.start("alerts", "engine")
        for kind in ("webhook", "sms"):
            await eventually(lambda kind=kind: _is(alone, heron, kind, "retry_scheduled"))
            of_that_kind = f"endpoint_id IN (SELECT id FROM webhook_endpoints WHERE kind = '{kind}')"
            await execute(alone, f"{_NEXT_TRY_IS_THE_LAST} AND {of_that_kind}")
            if kind == "webhook":
                await eventually(lambda: _is(alone, heron, "webhook", "dead"), within_s=20)
                assert await state_of(alone, incident) == ["open"]

        async def undeliverable() -> bool:
            return await state_of(alone, incident) == ["undeliverable"]

        await eventually(undeliverable, within_s=20)
        assert set((await states(alone, heron)).values()) == {"dead"}


async def _is(alone: AlertsAlone, who: Interrupter, kind: str, state: str) -> bool:
    return (await states(alone, who)).get(kind) == state


async def test_a_notice_goes_by_the_next_channel_when_the_first_has_failed_and_then_by_no_other(
    alone: AlertsAlone,
) -> None:
    heron, kestrel = await alone.world.on_duty("heron", phone="refused"), await alone.world.on_duty("kestrel", km=2)
    async with Gateway() as gateway:
        await reached_by_text(alone, person(heron), gateway)
        incident = await alone.incident()
        await alone.world.deployment.start("alerts", "engine")
        await texted(gateway)
        await kestrel.accepts(await kestrel.is_offered(incident))
        assert "Somebody else has it. You need not go." in await texted(gateway, 2)
        await becomes(alone, heron, {"webhook": "cancelled", "sms": "delivered"}, "offer.taken")


async def test_the_order_is_by_position_and_can_be_changed(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    async with Gateway() as gateway, MailServer() as server:
        sms = await reached_by_text(alone, person(heron), gateway, position=7)
        await reached_by_text(alone, person(heron), server, kind="email")
        shown = await place(alone, sms, 0)
        assert (shown["position"], shown["kind"], shown["service"], shown["url"]) == (0, "sms", "json", None)
        await place(alone, heron.phone.endpoint_id, 9)
        await alone.incident()
        await alone.world.deployment.start("alerts", "engine")
        await texted(gateway)
        await becomes(alone, heron, {"webhook": "cancelled", "sms": "delivered", "email": "cancelled"})
        assert heron.phone.messages == server.texts == []


async def place(alone: AlertsAlone, endpoint: str, position: int) -> dict[str, Any]:
    answer = await alone.world.alerts.put(
        f"/v1/webhook-endpoints/{endpoint}/position",
        json={"position": position},
        headers=alone.world.bearer("admin") | {"If-Match": "*"},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_whoever_has_a_text_channel_alone_is_reachable(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    async with MailServer() as server:
        await reached_by_text(alone, person(heron), server, kind="email")
        path = f"/v1/webhook-endpoints/{heron.phone.endpoint_id}/disable"
        assert (await alone.world.alerts.post(path, headers=alone.world.bearer("admin"))).status_code == 200
        incident = await alone.incident()
        await alone.world.deployment.start("alerts", "engine")
        assert "Can you take this?" in await texted(server)
        assert await state_of(alone, incident) == ["open"]


async def test_the_desks_phones_all_ring_at_once_whatever_they_are(alone: AlertsAlone) -> None:
    async with Gateway() as gateway, MailServer() as server:
        await reached_by_text(alone, {"kind": "duty_dispatcher"}, gateway)
        owner = {"kind": "supervisor", "id": "0d9a1f00-0000-4000-8000-000000000001"}
        await reached_by_text(alone, owner, server, kind="email")
        incident = await alone.incident()
        await alone.world.deployment.start("alerts", "engine")
        await alone.world.dispatcher.is_paged("exhausted", incident_id=incident)
        await alone.world.supervisor.is_paged("exhausted", incident_id=incident)
        for receiver in (gateway, server):
            assert "Nobody is left to ask. Somebody must act." in await texted(receiver)
        found = re.search(r"https?://\S+", gateway.texts[0])
        assert found
        answer = await ResponsePage(alone.world.alerts, found[0]).press("have_it")
        assert said(answer).startswith("Somebody has it since ")
        await eventually(lambda: settled(alone))
