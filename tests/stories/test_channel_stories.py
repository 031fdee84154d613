"""A dead phone is not a silent one: the next channel of the same person rings, and the person answers from there.

A phone that gets texts is not flooded, and is asked all the same.
"""

import re
from typing import Any

from tests.support.response_pages import ResponsePage, said
from tests.support.text_receivers import Gateway
from tests.support.waiting import eventually
from tests.support.world import World

# So many texts a minute are counted in real time, which no story can move.
A_MINUTE_PASSES = "UPDATE deliveries SET first_attempt_at = first_attempt_at - interval '61 seconds'"


async def test_when_the_webhook_is_dead_the_sms_rings_and_is_answered_from_its_link(world: World) -> None:
    heron = await world.on_duty("heron", phone="refused")
    async with Gateway() as gateway:
        await world.registers_text(f"json://127.0.0.1:{gateway.port}/12025550123", heron)
        incident = await world.activated_incident()

        async def rung() -> bool:
            return bool(gateway.texts)

        await eventually(rung)
        found = re.search(r"https?://\S+", gateway.texts[0])
        assert found
        page = ResponsePage(world.alerts, found[0])
        for _ in range(3):
            assert said(await page.look()) in {"You are asked.", "You have seen this. Do you take it?"}
        await world.supervisor.is_paged("exhausted", incident_id=incident)
        await world.dispatcher.is_paged("exhausted", incident_id=incident)
        assert said(await page.press("take")) == "You have it."
        dispatch = await world.dispatch_becomes(incident, "staffed")
        assert dispatch["assignments"][0]["interrupter_id"] == str(heron.worker)
        await world.quiet()


async def test_news_that_pile_up_wait_and_come_as_one_text_and_a_question_never_waits(world: World) -> None:
    await world.asks(texts_per_minute=1, parallel_offers=2)
    heron, kestrel = await world.on_duty("heron"), await world.on_duty("kestrel")
    async with Gateway() as gateway:
        await world.registers_text(f"json://127.0.0.1:{gateway.port}/12025550123", heron)
        webhook = f"/v1/webhook-endpoints/{heron.phone.endpoint_id}/disable"
        assert (await world.alerts.post(webhook, headers=world.bearer("admin"))).status_code == 200
        first = await world.activated_incident()
        await has_come(gateway, "Can you take this?", times=1)
        await kestrel.accepts(await kestrel.is_offered(first))
        teal = await world.on_duty("teal")
        second = await world.activated_incident()
        await has_come(gateway, "Can you take this?", times=2)
        await teal.accepts(await teal.is_offered(second))
        assert [one["state"] for one in await news(world)] == ["pending", "pending"]

        async with world.alerts_db.transaction() as tx:
            await tx.run(A_MINUTE_PASSES)
        await has_come(gateway, "Truce: 2 notices", times=1)
        assert gateway.texts[-1].count("Somebody else has it. You need not go.") == 2
        assert len(gateway.texts) == 3
        await world.quiet()
        by_state = {one["state"]: one for one in await news(world)}
        assert by_state["bundled"]["bundled_into"] == by_state["delivered"]["delivery_id"]


async def has_come(gateway: Gateway, words: str, *, times: int) -> None:
    async def there() -> bool:
        return sum(words in text for text in gateway.texts) == times

    await eventually(there)


async def news(world: World) -> list[dict[str, Any]]:
    """Of what somebody else has, in the delivery log."""
    query = {"kind": "offer.taken"}
    answer = await world.alerts.get("/v1/deliveries", params=query, headers=world.bearer("dispatcher"))
    return list(answer.json()["items"])
