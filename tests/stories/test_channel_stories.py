"""A dead phone is not a silent one: the next channel of the same person rings, and the person answers from there."""

import re

from tests.support.response_pages import ResponsePage, said
from tests.support.text_receivers import Gateway
from tests.support.waiting import eventually
from tests.support.world import World


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
