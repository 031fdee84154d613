"""Every message leads to a page: what can be answered is answered there, and the rest is said in full."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from services.alerts import messages
from services.alerts.usecases.messages.queue_delivery import Message, queue
from shared.kernel.ids import new_id
from tests.integration.alerts.channels.conftest import asked, everything
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.planning import ZONE, Planner
from tests.support.response_pages import ResponsePage, buttons, page_of, said
from tests.support.world import OAK_STREET


async def page(alone: AlertsAlone, who: Interrupter, kind: str) -> ResponsePage:
    return page_of(alone.world.alerts, await alone.world.phones.message(who.phone, kind=f"truce.{kind}"))


async def test_a_trade_of_shifts_is_answered_once_from_its_link_by_whom_it_asks(alone: AlertsAlone) -> None:
    world = alone.world
    heron, kestrel = await world.on_duty("heron", duty=False), await world.on_duty("kestrel", duty=False)
    planner = Planner(world, OAK_STREET)
    begins = await planner.now() + timedelta(days=1)
    day = begins.astimezone(ZONE).date().isoformat()
    gives = {"shift_id": await planner.shift(heron, begins, hours=8), "day": day}
    body = {
        "giver": {"interrupter_id": str(heron.worker), "gives": gives},
        "taker": {"interrupter_id": str(kestrel.worker), "gives": None},
    }
    own = world.bearer("interrupter", worker=heron.worker)
    made = await world.alerts.post("/v1/shift-trades", json=body, headers=own)
    assert made.status_code == 201, made.text
    await world.deployment.start("alerts", "engine")
    question = await page(alone, kestrel, "shift_trade.requested")
    before = await everything(alone)
    _, _, looked = [await question.look(method) for method in ("GET", "HEAD", "GET")]
    assert await everything(alone) == before
    assert (said(looked), buttons(looked)) == ("Do you agree?", ["agree", "decline"])
    assert "kestrel takes over from heron: " in looked.text
    assert day in looked.text
    assert (await question.press("take")).status_code == 422
    for _ in "12":
        answer = await question.press("agree")
        assert (answer.status_code, said(answer), buttons(answer)) == (200, "The exchange holds.", [])
    late = await question.press("decline")
    assert (late.status_code, said(late)) == (409, "The exchange holds.")
    news = await page(alone, heron, "shift_trade.effective")
    assert (said(await news.look()), buttons(await news.look())) == ("The exchange holds.", [])
    assert (await news.press("decline")).status_code == 422


async def test_news_of_a_question_leads_to_the_question(alone: AlertsAlone) -> None:
    heron, incident, _ = await asked(alone)
    [offer] = (await alone.world.dispatch(incident))["offers"]
    until = (await Planner(alone.world, OAK_STREET).now() + timedelta(minutes=30)).isoformat()
    extended = await alone.world.alerts.post(
        f"/v1/offers/{offer['offer_id']}/extend",
        json={"reason": "on_the_phone", "accept_by": until},
        headers=alone.world.bearer("dispatcher"),
    )
    assert extended.status_code == 200, extended.text
    news = await page(alone, heron, "offer.extended")
    assert "Place: 38.90000, -77.00000" in (await news.look()).text
    assert said(await news.press("take")) == "You have it."


async def test_what_asks_nothing_is_said_in_full_and_for_nothing_else(alone: AlertsAlone) -> None:
    world = alone.world
    heron = await world.on_duty("heron")
    incident = {"incident_id": str(new_id()), "exercise": False, "community": {"name": "Alder"}}
    hidden = incident | {"restricted": True}
    due = (await Planner(world, OAK_STREET).now()).isoformat()
    told: list[tuple[dict[str, Any], str]] = [
        (messages.rest_message(heron.worker, exposures=3), "Incidents with victims lately: 3"),
        (messages.failing_message(new_id(), heron.worker), "Whose: heron"),
        (messages.triage_message(incident, due_at=due), "Area: Alder"),
        (messages.plan_steps_message(incident, [new_id(), new_id()]), "How many: 2"),
        (messages.triage_message(hidden, due_at=due), "Due: 20"),
        (messages.test_message(new_id()), "This is a test. Nothing is asked."),
    ]
    await world.deployment.start("alerts", "engine")
    supervisor = world.supervisor.phone
    for content, words in told:
        kind = content["type"].removeprefix("truce.")
        await in_transaction(alone, supervisor.endpoint_id, Message(kind, urgent=False, content=content))
        message = await world.phones.message(supervisor, kind=content["type"])
        shown = await page_of(world.alerts, message).look()
        assert (shown.status_code, buttons(shown), words in shown.text) == (200, [], True), shown.text
        assert ("Area" in shown.text) == ("Alder" in str(content) and content is not told[4][0])
        assert (await page_of(world.alerts, message).press("seen")).status_code == 422
    assert told[4][0]["data"]["area"] is None


async def in_transaction(alone: AlertsAlone, endpoint_id: str, message: Message) -> None:
    work: Callable[..., Awaitable[Any]] = queue
    await alone.world.alerts_db.retrying(lambda tx: work(tx, endpoint_id, message))
