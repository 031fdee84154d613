"""Could an incident be answered? Who is there, who comes next, where nobody is, and whether phones are answered."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.kernel.ids import new_id
from tests.support.people import Interrupter
from tests.support.planning import Planner
from tests.support.waiting import eventually
from tests.support.world import OAK_STREET, RIVER_ROAD, World


async def alder(world: World, *, by: dict[str, str] | None = None, days: int = 3) -> dict[str, Any]:
    answer = await world.alerts.get(f"/v1/readiness?days={days}", headers=by or world.bearer("dispatcher"))
    assert answer.status_code == 200, answer.text
    return next((one for one in answer.json()["items"] if one["community"] == "alder"), {})


async def knows_alder(world: World) -> None:
    """The areas come over Kafka."""

    async def there() -> bool:
        return bool(await alder(world))

    await eventually(there)


async def test_who_is_there_who_is_ready_and_who_comes_next(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1, duty=False)
    await world.on_duty("without-licence", licensed=False)
    await knows_alder(world)
    planner = Planner(world, OAK_STREET)
    comes_at = await planner.now() + timedelta(hours=5)
    await planner.shift(kestrel, comes_at, hours=8)
    shown = await alder(world)
    there = [(one["call_sign"], one["why_not"], one["phone"]["works"]) for one in shown["on_now"]]
    assert there == [("heron", None, True), ("without-licence", "no_licence", True)]
    [scene] = shown["roles"]
    assert (scene["role"], scene["wanted"], scene["on_duty"], scene["ready"]) == ("scene", 1, 1, 1)
    assert scene["next"]["call_sign"] == "kestrel"
    assert (shown["roster_used"], scene["gaps"]) == (True, [])
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    [scene] = (await alder(world))["roles"]
    assert (scene["on_duty"], scene["ready"]) == (1, 0)


async def test_a_supervisor_sees_the_communities_of_the_own_organization(world: World) -> None:
    await knows_alder(world)
    assert await alder(world, by=world.bearer("supervisor", org=OAK_STREET))
    assert not await alder(world, by=world.bearer("supervisor", org=RIVER_ROAD))
    assert not await alder(world, by=world.bearer("supervisor", org=new_id()))


@pytest.mark.own_deployment  # it reads what is on the topics
async def test_a_test_page_tells_who_answered_who_was_silent_and_who_was_not_reached(world: World) -> None:
    heron, kestrel = await world.on_duty("heron"), await world.on_duty("kestrel")
    await world.on_duty("broken", phone="500")
    await world.on_duty("asleep", duty=False)
    answer = await practise(world, community="alder", answer_within_s=300)
    assert answer.status_code == 201, answer.text
    test_page = answer.json()["test_page_id"]
    for who in (heron, kestrel):
        message = await world.phones.message(who.phone, kind="truce.test_page", test_page_id=test_page)
        assert message["data"]["test"] is True
    for _ in "12":
        assert (await answers(world, heron, test_page)).status_code == 204
    await outcome_is(world, test_page, "not_delivered", call_sign="broken")
    shown = await result(world, test_page)
    assert {one["call_sign"]: one["outcome"] for one in shown["people"]} == {
        "heron": "acknowledged",
        "kestrel": "waiting",
        "broken": "not_delivered",
    }
    assert [one["failures"] for one in shown["people"] if one["call_sign"] == "broken"] == [["rejected_500"]]
    assert (shown["is_over"], shown["not_reached"]) == (False, [])
    await world.advance(minutes=6)
    assert (await answers(world, kestrel, test_page)).status_code == 204
    shown = await result(world, test_page)
    assert (shown["is_over"], shown["not_reached"]) == (True, ["broken"])
    assert [one["outcome"] for one in shown["people"] if one["call_sign"] == "kestrel"] == ["acknowledged_late"]
    listed = (await world.alerts.get("/v1/test-pages", headers=world.bearer("supervisor", org=OAK_STREET))).json()
    assert listed == {"items": [shown], "next": None}
    stranger = world.bearer("supervisor", org=RIVER_ROAD)
    assert (await world.alerts.get("/v1/test-pages", headers=stranger)).json()["items"] == []
    assert not await world.deployment.events("alerts.dispatches")
    # Whoever is being tested is asked all the same.
    assert (await practise(world, interrupter_id=heron.worker)).status_code == 201
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    await world.phones.message(heron.phone, kind="truce.test_page")


async def test_only_who_has_to_do_with_people_tests_them_and_answers_for_themselves(world: World) -> None:
    heron, crow = await world.on_duty("heron"), await world.on_duty("crow", organization=RIVER_ROAD)
    river = world.bearer("supervisor", org=RIVER_ROAD)
    refused = await practise(world, by=river, interrupter_id=heron.worker)
    unknown = await practise(world, interrupter_id=new_id())
    assert refused.status_code == unknown.status_code == 422
    assert refused.json()["errors"] == unknown.json()["errors"]
    both = await practise(world, interrupter_id=heron.worker, community="alder")
    assert both.status_code == 422
    answer = await practise(world, by=river)
    test_page = answer.json()["test_page_id"]
    await world.phones.message(crow.phone, kind="truce.test_page", test_page_id=test_page)
    assert [one["call_sign"] for one in answer.json()["people"]] == ["crow"]
    assert (await answers(world, heron, test_page)).status_code == 404
    oak = world.bearer("supervisor", org=OAK_STREET)
    assert (await world.alerts.get(f"/v1/test-pages/{test_page}", headers=oak)).status_code == 404


async def practise(world: World, *, by: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    given = {name: str(value) if isinstance(value, UUID) else value for name, value in body.items()}
    return await world.alerts.post("/v1/test-pages", json=given, headers=by or world.bearer("dispatcher"))


async def answers(world: World, who: Interrupter, test_page: str) -> httpx.Response:
    headers = world.bearer("interrupter", worker=who.worker)
    return await world.alerts.post(f"/v1/test-pages/{test_page}/acknowledge", headers=headers)


async def result(world: World, test_page: str) -> dict[str, Any]:
    answer = await world.alerts.get(f"/v1/test-pages/{test_page}", headers=world.bearer("dispatcher"))
    return dict(answer.json())


async def outcome_is(world: World, test_page: str, outcome: str, *, call_sign: str = "heron") -> None:
    async def there() -> bool:
        people = (await result(world, test_page))["people"]
        return {"call_sign": call_sign, "outcome": outcome}.items() <= next(
            one for one in people if one["call_sign"] == call_sign
        ).items()

    await eventually(there, within_s=30)
