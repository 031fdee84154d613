"""What time does when nobody has it, and what a person at the desk does about it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support.world import OAK_STREET, RIVER_ROAD, World

PATIENT = {"acknowledge_within_s": 3000, "accept_within_s": 3000}


async def decides(world: World, path: str, *, by: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    headers = by or world.bearer("dispatcher", sub="desk-1")
    return await world.alerts.post(f"/v1/{path}", json={"reason": "nobody_left"} | body, headers=headers)


async def test_after_the_policys_time_the_next_tier_then_the_supervisor_then_the_dispatcher_know(
    world: World,
) -> None:
    steps = [
        {"to": "next_tier", "after_s": 60},
        {"to": "supervisor", "after_s": 120},
        {"to": "dispatcher", "after_s": 180},
    ]
    await world.asks(**PATIENT, escalation=steps)
    heron = await world.on_duty("heron", km=0.4)
    await world.on_duty("kestrel", km=0.5)
    floater = await world.on_duty("floater", km=5, licensed=False, floater=True)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    await world.advance(seconds=65)
    offer = await floater.is_offered(incident)
    await world.advance(seconds=60)
    await world.supervisor.acknowledges(await world.supervisor.is_paged("escalated", incident_id=incident))
    await world.advance(seconds=60)
    await world.dispatcher.is_paged("escalated", incident_id=incident)
    await floater.accepts(offer)
    await heron.is_told("offer.taken", incident)
    await world.dispatch_becomes(incident, "staffed")
    await world.advance(minutes=30)
    told = [line[20:] for line in (await world.explain(incident))["words"] if "policy's time: " in line]
    assert told == [
        "nobody had it after the policy's time: somebody of the next tier was to be asked beside",
        "nobody had it after the policy's time: the supervisors were told",
        "nobody had it after the policy's time: the duty dispatcher was told",
    ]


async def test_what_is_taken_over_asks_and_pages_nobody_until_it_is_handed_back(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    for _ in range(2):
        assert (await decides(world, f"dispatches/{incident}/take-over")).json()["state"] == "open"
    line = (await world.alerts.get("/v1/dispatches", headers=world.bearer("dispatcher"))).json()["items"][0]
    assert line["taken_over_at"]
    await heron.declines(offer)
    line = (await world.alerts.get("/v1/dispatches", headers=world.bearer("dispatcher"))).json()["items"][0]
    assert line["next_action"]["code"] == "handed_back"
    await world.advance(minutes=10)
    assert len((await world.dispatch(incident))["offers"]) == 1
    assert (await decides(world, f"dispatches/{incident}/hand-back", reason="no_contact")).status_code == 200
    await kestrel.accepts(await kestrel.is_offered(incident))
    await world.dispatch_becomes(incident, "staffed")
    again = await decides(world, f"dispatches/{incident}/hand-back")
    assert (again.status_code, again.json()["state"]) == (409, "staffed")
    words = "\n".join((await world.explain(incident))["words"])
    assert "by dispatcher desk-1 (nobody_left)" in words
    assert "the dispatch was handed back by dispatcher desk-1 (no_contact)" in words


async def test_an_exhausted_dispatch_that_is_taken_over_is_staffed_by_hand(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4, duty=False)
    incident = await world.activated_incident()
    await world.dispatch_becomes(incident, "exhausted")
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("exhausted", incident_id=incident)
    by = world.bearer("supervisor", org=OAK_STREET, sub="supervisor-1")
    assert (await decides(world, f"dispatches/{incident}/take-over", by=by)).json()["state"] == "open"
    await world.advance(minutes=25)
    assert (await world.reassigns(incident, heron, by=by, despite=["off_duty"])).status_code == 201
    await heron.is_told("assignment.made", incident)
    await world.dispatch_becomes(incident, "staffed")
    await world.advance(minutes=30)


async def test_a_dispatch_forgotten_on_a_desk_asks_and_pages_again(world: World) -> None:
    incident = await world.activated_incident()
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("exhausted", incident_id=incident)
    assert (await decides(world, f"dispatches/{incident}/take-over")).status_code == 200
    await world.advance(minutes=29)
    await world.advance(minutes=2)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("exhausted", incident_id=incident)
    assert (await world.dispatch(incident))["state"] == "exhausted"
    assert "asking went on" in "\n".join((await world.explain(incident))["words"])


async def test_only_whoever_would_be_paged_may_lead(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    for by, expected in (
        (world.bearer("supervisor", org=RIVER_ROAD), 403),
        (world.bearer("supervisor"), 403),
        (world.bearer("interrupter", worker=heron.worker), 403),
        (world.bearer("supervisor", org=OAK_STREET), 200),
    ):
        assert (await decides(world, f"dispatches/{incident}/take-over", by=by)).status_code == expected
    by = world.bearer("supervisor", org=OAK_STREET)
    assert (await decides(world, f"dispatches/{incident}/stand-down", by=by)).status_code == 403
    bad = await decides(world, f"dispatches/{incident}/take-over", reason="because")
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/reason")


@pytest.mark.own_deployment  # it reads what is on the topics
async def test_a_dispatch_stood_down_by_the_desk_tells_everybody_and_asks_nobody_more(world: World) -> None:
    await world.asks(roles={"scene": 2})
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    await kestrel.is_offered(incident)
    for _ in range(2):
        answer = await decides(world, f"dispatches/{incident}/stand-down", reason="unsafe")
        assert (answer.status_code, answer.json()["state"]) == (200, "stood_down")
    await heron.is_told("assignment.stood_down", incident)
    await kestrel.is_told("offer.withdrawn", incident)
    await world.advance(minutes=30)
    kinds = [kind for kind, _ in await world.deployment.events("alerts.dispatches")]
    assert kinds[-2:] == ["truce.alerts.assignment.stood_down.v1", "truce.alerts.dispatch.stood_down.v1"]
    assert kinds.count("truce.alerts.dispatch.stand_down_decided.v1") == 1


async def test_somebody_on_the_phone_with_the_desk_is_given_time(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    until = datetime.now(UTC) + world.deployment.offset + timedelta(minutes=20)
    for _ in range(2):
        answer = await decides(
            world, f"offers/{offer.offer_id}/extend", reason="on_the_phone", accept_by=until.isoformat()
        )
        assert answer.status_code == 200, answer.text
    await heron.is_told("offer.extended", incident)
    await world.advance(minutes=15)
    assert [one["state"] for one in (await world.dispatch(incident))["offers"]] == ["open"]
    await world.advance(minutes=6)
    await kestrel.is_offered(incident)
    late = await decides(world, f"offers/{offer.offer_id}/extend", accept_by=until.isoformat())
    assert (late.status_code, late.json()["state"]) == (409, "expired")
    by = world.bearer("supervisor", org=RIVER_ROAD)
    assert (
        await decides(world, f"offers/{offer.offer_id}/extend", by=by, accept_by=until.isoformat())
    ).status_code == 404


async def test_whoever_is_not_on_scene_in_time_is_asked_after_until_they_are_there(world: World) -> None:
    await world.asks(on_scene_within_s=900)
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    assignment = await heron.accepts(await heron.is_offered(incident))
    assert (await heron.reports(assignment, "en-route")).status_code == 200
    await world.advance(minutes=14)
    await world.advance(minutes=2)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("not_on_scene", incident_id=incident)
    await world.advance(minutes=11)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("not_on_scene", incident_id=incident)
    assert (await heron.reports(assignment, "on-scene")).status_code == 200
    await world.advance(minutes=11)
    assert "heron was not on scene in the policy's time" in "\n".join((await world.explain(incident))["words"])


async def test_a_late_tap_is_about_its_own_offer_and_skips_no_later_step(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    teal = await world.on_duty("teal", km=2)
    incident = await world.activated_incident()
    first = await heron.is_offered(incident)
    await world.advance(minutes=3)
    second = await kestrel.is_offered(incident)
    before = await world.dispatch(incident)
    for action, body in (("decline", {"reason": "off_shift"}), ("acknowledge", {})):
        assert (await heron.taps(first, action, **body)).status_code == 409
    await world.quiet()
    after = await world.dispatch(incident)
    assert (
        [one["state"] for one in after["offers"]] == [one["state"] for one in before["offers"]] == ["expired", "open"]
    )
    await kestrel.declines(second)
    await teal.is_offered(incident)
