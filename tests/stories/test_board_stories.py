"""What the dispatcher's board says while an incident is being answered."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.boards import comes_next, line
from tests.support.triages import hold
from tests.support.world import OAK_STREET, RIVER_ROAD, World


async def test_the_board_tells_who_is_asked_until_when_and_then_who_has_it(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident(active_threat=True)
    offer = await heron.is_offered(incident)
    await world.quiet()
    shown = await line(world, incident)
    [scene] = shown["roles"]
    assert (scene["role"], scene["wanted"], scene["filled"], scene["having"]) == ("scene", 1, 0, [])
    [asked] = scene["asked"]
    assert (asked["call_sign"], asked["offer_id"], asked["state"]) == ("heron", offer.offer_id, "open")
    assert shown["next_action"] == {"code": "offer_expires", "at": asked["until"], "call_sign": "heron"}
    waits = datetime.fromisoformat(asked["until"]) - datetime.fromisoformat(shown["opened_at"])
    assert timedelta(seconds=115) < waits <= timedelta(seconds=121)
    assert (shown["community_name"], shown["stage_only"], shown["targets_missed"]) == ("Alder", True, [])

    assignment = await heron.accepts(offer)
    await heron.reports(assignment, "en-route")
    shown = await line(world, incident)
    [scene] = shown["roles"]
    assert (scene["filled"], scene["asked"], shown["state"]) == (1, [], "staffed")
    assert [(one["call_sign"], one["state"]) for one in scene["having"]] == [("heron", "en_route")]
    assert shown["next_action"]["code"] == "triage_reminded"
    await heron.reports(assignment, "on-scene")
    shown = await line(world, incident)
    assert (shown["next_action"]["code"], shown["next_action"]["call_sign"]) == ("check_in_due", "heron")
    assert shown["roles"][0]["having"][0]["check_in"] == "due"


async def test_a_phone_that_hangs_shows_when_the_next_is_asked_beside_it(world: World) -> None:
    await world.on_duty("hanging", km=0.2, phone="hang")
    incident = await world.activated_incident()
    await world.dispatch_becomes(incident, "open")
    assert (await line(world, incident))["next_action"]["code"] == "bypass"
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)


async def test_nobody_left_shows_when_the_desk_is_paged_again_and_what_is_late(world: World) -> None:
    incident = await world.activated_incident()
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    page = await world.dispatcher.is_paged("exhausted", incident_id=incident)
    assert await comes_next(world, incident) == "page_repeats"
    await world.dispatcher.acknowledges(page)
    assert await comes_next(world, incident) == "looked_at_again"
    await world.advance(minutes=11)
    shown = await line(world, incident)
    assert shown["targets_missed"] == ["first_attempt", "acknowledged", "accepted"]
    assert 660 <= shown["age_s"] < 720


async def test_exercises_are_on_the_board_marked_unless_they_are_left_out(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident(exercise=True)
    await heron.is_offered(incident)
    assert (await line(world, incident))["exercise"] is True
    assert await line(world, incident, exercise=True)
    assert not await line(world, incident, exercise=False)


async def test_a_supervisor_asks_for_the_own_organizations_lines(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    in_alder = await world.activated_incident()
    offer = await heron.is_offered(in_alder)
    oak, river = (world.bearer("supervisor", org=one) for one in (OAK_STREET, RIVER_ROAD))
    assert await line(world, in_alder, by=oak, mine=True)
    assert await line(world, in_alder, by=river)
    assert not await line(world, in_alder, by=river, mine=True)
    crow = await world.on_duty("crow", km=0.8, organization=RIVER_ROAD)
    await heron.declines(offer)
    await crow.is_offered(in_alder)
    assert await line(world, in_alder, by=river, mine=True)
    # Where nobody covers, every supervisor is paged, and it is everybody's.
    nowhere = await world.activated_incident(location={"lat": 38.95, "lon": -77.0})
    await world.supervisor.is_paged("exhausted", incident_id=nowhere)
    await world.dispatcher.is_paged("exhausted", incident_id=nowhere)
    assert await line(world, nowhere, by=river, mine=True)
    assert await line(world, nowhere, by=oak, mine=True, state=["open", "exhausted"])
    assert not await line(world, nowhere, by=oak, mine=True, community="alder")


async def judged(world: World, drill: str) -> dict[str, Any]:
    found: dict[str, Any] = (await world.alerts.get(f"/v1/drills/{drill}", headers=world.bearer("dispatcher"))).json()
    return found


async def test_a_drill_has_passed_when_everything_was_in_time(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    drill = await world.activated_incident(exercise=True)
    offer = await heron.is_offered(drill)
    await world.quiet()
    assert (await judged(world, drill))["passed"] is None
    await heron.does(await heron.accepts(offer), "on-scene")
    shown = await judged(world, drill)
    assert [one["name"] for one in shown["milestones"] if one["reached_after_s"] is None] == ["triage"]
    assert shown["passed"] is None
    assert (await hold(world, drill)).status_code == 201
    assert (await judged(world, drill))["passed"] is True


async def test_a_drill_is_judged_by_the_targets_and_an_incident_is_no_drill(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    drill = await world.activated_incident(exercise=True)
    offer = await heron.is_offered(drill)
    await world.quiet()
    await world.advance(minutes=1)
    assignment = await heron.accepts(offer)
    shown = await judged(world, drill)
    assert (shown["asked"], shown["answers"], shown["passed"]) == (1, {"accepted": 1}, None)
    accepted = next(one for one in shown["milestones"] if one["name"] == "accepted")
    assert 60 <= accepted["reached_after_s"] < 120
    await world.advance(minutes=31)
    shown = await judged(world, drill)
    assert [one["name"] for one in shown["milestones"] if one["missed"]] == ["on_scene"]
    assert shown["passed"] is False
    await heron.does(assignment, "on-scene")
    await heron.does(assignment, "clear")
    await world.advance(hours=24)
    shown = await judged(world, drill)
    assert [one["name"] for one in shown["milestones"] if one["missed"]] == ["on_scene", "triage"]
    assert await comes_next(world, drill) == "triage_overdue"
    assert (await hold(world, drill)).status_code == 201
    assert (await line(world, drill))["next_action"] is None
    incident = await world.activated_incident(location={"lat": 38.95, "lon": -77.0})
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)
    assert (await world.alerts.get(f"/v1/drills/{incident}", headers=world.bearer("dispatcher"))).status_code == 404


@pytest.mark.parametrize(
    ("filters", "pointer"),
    [
        ({"mine": True}, "#query/mine"),
        ({"mine": "perhaps"}, "#query/mine"),
        ({"state": "asleep"}, "#query/state/0"),
        ({"exercise": "7"}, "#query/exercise"),
        ({"community": "No Such Place"}, "#query/community"),
    ],
)
async def test_a_filter_that_cannot_be_is_pointed_at(world: World, filters: dict[str, Any], pointer: str) -> None:
    answer = await world.alerts.get("/v1/dispatches", params=filters, headers=world.bearer("dispatcher"))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_whoever_is_sent_to_a_drill_without_a_question_does_not_count_as_asked(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    drill = await world.activated_incident(exercise=True)
    await heron.is_offered(drill)
    assert (await world.reassigns(drill, kestrel)).status_code == 201
    await kestrel.is_told("assignment.made", drill)
    await heron.is_told("offer.taken", drill)
    shown = await judged(world, drill)
    assert (shown["asked"], shown["answers"]) == (1, {"taken": 1})
