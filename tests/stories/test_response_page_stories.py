"""A person answers from the page behind the message's link, without app or token."""

from tests.support.response_pages import buttons, page_of, said
from tests.support.world import World


async def test_somebody_without_the_app_takes_an_incident_from_the_link(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    page = page_of(world.alerts, heron.phone.messages[0])
    assert (await page.press("decline", reason="off_shift")).status_code == 200
    await kestrel.is_offered(incident)
    taken = page_of(world.alerts, kestrel.phone.messages[0])
    for _ in range(3):
        assert said(await taken.look()) == "You are asked."
    assert said(await taken.press("take")) == "You have it."
    await world.dispatch_becomes(incident, "staffed")
    late = await page.press("take")
    assert (late.status_code, said(late), buttons(late)) == (409, "Somebody else has it. You need not go.", [])
    for step in ("en_route", "on_scene", "clear"):
        assert (await taken.press(step)).status_code == 200
