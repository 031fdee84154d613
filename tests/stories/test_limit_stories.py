"""Limits that protect people: hours, safety holds, conflicts of interest recorded while somebody is asked or there."""

from datetime import timedelta

import pytest

from tests.support.people import Interrupter
from tests.support.planning import Planner
from tests.support.waiting import eventually
from tests.support.world import OAK_STREET, World

FORTY = {"engagement": 30, "other": 10, "on_duty_counts": "all"}


async def left_out(world: World, incident: str) -> list[tuple[str, str]]:
    decision = (await world.explain(incident))["decisions"][0]
    return [(one["call_sign"], one["reason"]) for one in decision["left_out"]]


async def nobody_is_left(world: World, incident: str) -> None:
    for desk in (world.supervisor, world.dispatcher):
        await desk.acknowledges(await desk.is_paged("exhausted", incident_id=incident))


async def is_in_doubt(world: World, incident: str, who: Interrupter) -> None:
    [assignment] = [
        one for one in (await world.dispatch(incident))["assignments"] if one["interrupter_id"] == str(who.worker)
    ]
    subject = f"alerts/assignment_in_doubt/{incident}/{assignment['assignment_id']}"
    await world.dispatcher.acknowledges(await world.dispatcher.is_paged("alarm", subject=subject))
    await world.supervisor.is_paged("assignment_in_doubt")


@pytest.mark.own_deployment  # it reads what is on the topics
async def test_whoever_has_no_hours_left_is_left_out_and_sent_only_by_name(world: World) -> None:
    await world.asks(weekly_hours=FORTY)
    planner = Planner(world, OAK_STREET)
    heron = await world.on_duty("heron", km=0.4)
    kestrel = await world.on_duty("kestrel", km=1.1, duty=False)
    await world.advance(seconds=(planner.mid_week(await planner.now()) - await planner.now()).total_seconds())
    await kestrel.goes(on_duty=True)
    incident = await world.activated_incident()
    offer = await kestrel.is_offered(incident)
    assert await left_out(world, incident) == [("heron", "over_hours")]
    assert "heron has no hours left this week" in " ".join((await world.explain(incident))["words"])
    await kestrel.declines(offer)
    await nobody_is_left(world, incident)
    refused = await world.reassigns(incident, heron)
    assert (refused.status_code, refused.json()["reasons"]) == (409, ["over_hours"])
    assert (await world.reassigns(incident, heron, despite=["over_hours"])).status_code == 201
    await heron.is_told("assignment.made", incident)
    await world.quiet()
    told = {kind.split(".", 2)[2]: body for kind, body in await world.deployment.events("alerts.dispatches")}
    assert told["assignment.decided.v1"]["despite"] == ["resting"]


@pytest.mark.own_deployment  # it reads what is on the topics
async def test_a_safety_hold_ends_the_question_and_nobody_is_sent_despite_it(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    planner = Planner(world, OAK_STREET)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    hold = await planner.posts(heron, "safety-holds", reason="threatened")
    await heron.is_told("offer.withdrawn", incident)
    await kestrel.declines(await kestrel.is_offered(incident))
    await nobody_is_left(world, incident)
    refused = await world.reassigns(incident, heron, despite=["safety_hold"])
    assert (refused.status_code, refused.json()["reasons"]) == (409, ["safety_hold"])
    late = await heron.taps(offer, "accept")
    assert late.status_code == 409
    await planner.posts(heron, f"safety-holds/{hold['id']}/end")
    await heron.is_offered(incident)
    await world.quiet()
    topics = ("alerts.dispatches", "alerts.workers")
    published = str([await world.deployment.events(topic) for topic in topics])
    assert "safety_hold" not in published
    assert "threatened" not in published


async def test_a_safety_hold_that_ends_by_itself_has_the_person_asked_again(world: World) -> None:
    heron, planner = await world.on_duty("heron", km=0.4), Planner(world, OAK_STREET)
    until = await planner.now() + timedelta(minutes=3)
    await planner.posts(heron, "safety-holds", reason="exposure", until=until.isoformat())
    incident = await world.activated_incident()
    await nobody_is_left(world, incident)
    assert await left_out(world, incident) == [("heron", "safety_hold")]
    await world.advance(minutes=3)
    await heron.is_offered(incident)


async def test_a_conflict_recorded_meanwhile_withdraws_the_question_and_asks_the_next(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    await heron.keeps_out_of(incident, organization=OAK_STREET)
    refused = await heron.taps(offer, "accept")
    assert (refused.status_code, refused.json().get("reasons", ["not_available"])) == (409, ["not_available"])
    await heron.is_told("offer.withdrawn", incident)
    await kestrel.is_offered(incident)


async def test_a_conflict_recorded_of_somebody_who_is_there_is_the_desks_to_decide(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    await heron.keeps_out_of(incident, organization=OAK_STREET)
    await is_in_doubt(world, incident, heron)
    assert [one["state"] for one in (await world.dispatch(incident))["assignments"]] == ["accepted"]
    kestrel = await world.on_duty("kestrel", km=1.1)
    assert (await world.reassigns(incident, kestrel, reason="conflict_of_interest")).status_code == 201
    await kestrel.is_told("assignment.made", incident)
    await heron.is_told("assignment.reassigned", incident)

    async def is_over() -> bool:
        answer = await world.alerts.get("/v1/alarms", headers=world.bearer("dispatcher"))
        return not any(alarm["alarm"] == "assignment_in_doubt" for alarm in answer.json())

    await eventually(is_over)


async def test_whoever_leaves_is_asked_nothing_more_and_leaves_no_incident_behind(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    path, office = f"/v1/interrupters/{heron.worker}/deactivate", world.bearer("program_office") | {"If-Match": "*"}
    first = await world.activated_incident()
    assignment = await heron.accepts(await heron.is_offered(first))
    refused = await world.alerts.post(path, headers=office)
    assert (refused.status_code, refused.json()["state"]) == (409, "committed")
    await heron.does(assignment, "on-scene")
    await heron.does(assignment, "clear")
    second = await world.activated_incident()
    await heron.is_offered(second)
    assert (await world.alerts.post(path, headers=office)).status_code == 200
    await heron.is_told("offer.withdrawn", second)
    await kestrel.is_offered(second)
    third = await world.activated_incident()
    await nobody_is_left(world, third)
    assert ("heron", "not_available") in await left_out(world, third)


async def test_a_role_that_is_taken_away_ends_the_question(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    headers = world.bearer("supervisor", org=OAK_STREET) | {"If-Match": "*"}
    path = f"/v1/interrupters/{heron.worker}/roles"
    assert (await world.alerts.put(path, json={"roles": ["family"]}, headers=headers)).status_code == 200
    await heron.is_told("offer.withdrawn", incident)
    await kestrel.is_offered(incident)
