"""What a tired interrupter sees on one small screen."""

from typing import Any

from shared.kernel.ids import new_id
from tests.support.people import Interrupter
from tests.support.waiting import eventually
from tests.support.world import World


async def me(world: World, who: Interrupter) -> dict[str, Any]:
    answer = await world.alerts.get("/v1/me", headers=world.bearer("interrupter", worker=who.worker))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_one_screen_leads_from_the_question_to_the_end(world: World) -> None:
    """Every tap is a link that the screen itself gives."""
    heron = await world.on_duty("heron", km=0.4)
    headers = world.bearer("interrupter", worker=heron.worker)
    incident = await world.activated_incident(active_threat=True)
    await heron.is_offered(incident)
    await world.quiet()
    shown = await me(world, heron)
    [question] = shown["questions"]
    assert (question["incident_id"], question["stage_only"], question["community"]) == (incident, True, "Alder")
    assert question["place"]["lat"] == 38.9
    assert question["answer_by"] == (await line_of(world, incident))["roles"][0]["asked"][0]["until"]
    assert (shown["duty"]["on_duty"], shown["phone"]["works"], shown["assignment"]) == (True, True, None)
    assert shown["duty"]["changed_at"] is not None
    assert (await world.alerts.post(question["links"]["acknowledge"], headers=headers)).status_code == 200
    [question] = (await me(world, heron))["questions"]
    assert (question["incident_id"], question["state"]) == (incident, "acknowledged")
    assert (await world.alerts.post(question["links"]["accept"], headers=headers)).status_code == 200
    steps = []
    while (shown := await me(world, heron))["assignment"]:
        assert (shown["questions"], shown["lately"]) == ([], [])
        assert shown["assignment"]["place"]["lat"] == 38.9
        step = shown["assignment"]["next_step"]
        steps.append(step["step"])
        assert (await world.alerts.post(step["link"], headers=headers)).status_code == 200
    assert steps == ["en-route", "on-scene", "clear"]
    [past] = shown["lately"]
    assert (past["incident_id"], past["state"], past["assignment_state"]) == (incident, "accepted", "cleared")
    assert "place" not in past


async def test_whoever_is_asked_for_a_sign_of_life_sees_that_first(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    assignment = await heron.accepts(await heron.is_offered(incident))
    await heron.reports(assignment, "on-scene")
    await world.advance(minutes=33)
    await heron.is_told("check_in.due", incident)
    step = (await me(world, heron))["assignment"]["next_step"]
    assert (step["step"], step["link"]) == ("check-in", f"/v1/assignments/{assignment}/check-in")
    assert step["by"] is not None
    headers = world.bearer("interrupter", worker=heron.worker)
    assert (await world.alerts.post(step["link"], headers=headers)).status_code == 200
    assert (await me(world, heron))["assignment"]["next_step"]["step"] == "clear"


async def test_a_phone_that_takes_nothing_is_told_to_its_owner(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4, phone="500")
    incident = await world.activated_incident()
    await world.dispatch_becomes(incident, "exhausted")
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)

    async def failed() -> bool:
        return not (await me(world, heron))["phone"]["works"]

    await eventually(failed, within_s=30)
    phone = (await me(world, heron))["phone"]
    assert (phone["endpoints"], phone["last_taken_at"]) == (1, None)
    await world.gets_phone(heron)
    assert (await me(world, heron))["phone"]["works"]
    await heron.is_offered(incident)


async def test_nobody_but_an_interrupter_with_a_record_has_such_a_screen(world: World) -> None:
    for headers, status in (
        (world.bearer("dispatcher"), 403),
        (world.bearer("interrupter"), 404),
        (world.bearer("interrupter", worker=new_id()), 404),
    ):
        assert (await world.alerts.get("/v1/me", headers=headers)).status_code == status


async def line_of(world: World, incident: str) -> dict[str, Any]:
    answer = await world.alerts.get("/v1/dispatches", headers=world.bearer("dispatcher"))
    return next(one for one in answer.json()["items"] if one["incident_id"] == incident)
