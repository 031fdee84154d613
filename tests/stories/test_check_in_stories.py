"""People on scene are looked after: asked for a sign of life, and whoever gives none is somebody's concern at once."""

from tests.support.people import Interrupter
from tests.support.world import RIVER_ROAD, World


async def check_in(world: World, incident: str) -> tuple[str | None, int]:
    """Of the one who has the role: where the timer stands, and how often a check-in was missed."""
    [assignment] = (await world.dispatch(incident))["assignments"]
    return assignment["check_in_state"], assignment["check_ins_missed"]


async def gives_no_sign_of_life(world: World, who: Interrupter, incident: str) -> None:
    """Until they were asked for one, and the time to answer has passed too."""
    await world.advance(minutes=32)
    await who.is_told("check_in.due", incident)
    await world.advance(minutes=8)


async def test_who_is_not_heard_of_on_scene_is_asked_and_then_the_desk_is_paged_until_they_check_in(
    world: World,
) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    assignment = await heron.arrives(incident)
    await gives_no_sign_of_life(world, heron, incident)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("welfare", incident_id=incident, subject=assignment)
    assert await check_in(world, incident) == ("missed", 1)
    await world.advance(minutes=10)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("welfare", subject=assignment)
    await heron.does(assignment, "check-in")
    await world.advance(minutes=29)
    assert await check_in(world, incident) == ("due", 1)
    [missed] = (await world.explain(incident))["missed_check_ins"]
    assert (missed["call_sign"], missed["ended_at"] is None) == ("heron", False)


async def test_nobody_on_scene_is_asked_or_missed_early(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    await heron.arrives(incident)
    await world.advance(minutes=31, seconds=30)
    await world.quiet_engine()
    assert await check_in(world, incident) == ("due", 0)
    await world.advance(seconds=30)
    await heron.is_told("check_in.due", incident)
    await world.advance(minutes=7, seconds=30)
    await world.quiet_engine()
    assert await check_in(world, incident) == ("warned", 0)


async def test_any_sign_of_life_begins_the_time_anew(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    assignment = await heron.arrives(incident)
    for step in ("check-in", "on-scene", "check-in"):
        await world.advance(minutes=31)
        await heron.does(assignment, step)
    await world.advance(minutes=31)
    await world.quiet_engine()
    assert await check_in(world, incident) == ("due", 0)


async def test_whoever_has_cleared_is_not_looked_for_any_more(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    assignment = await heron.arrives(incident)
    await gives_no_sign_of_life(world, heron, incident)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("welfare", subject=assignment)
    await heron.does(assignment, "clear")
    await world.advance(hours=2)
    assert await check_in(world, incident) == (None, 1)


async def test_an_acknowledged_page_about_somebody_is_not_repeated_and_they_stay_missed(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    assignment = await heron.arrives(incident)
    await gives_no_sign_of_life(world, heron, incident)
    await world.supervisor.is_paged("welfare", subject=assignment)
    page = await world.dispatcher.is_paged("welfare", subject=assignment)
    await world.dispatcher.acknowledges(page)
    await world.advance(hours=1)
    assert await check_in(world, incident) == ("missed", 1)


async def test_the_supervisor_of_somebody_from_elsewhere_is_paged_too(world: World) -> None:
    theirs = await world.desk("supervisor", RIVER_ROAD, name="their-supervisor")
    heron = await world.on_duty("heron", floater=True, organization=RIVER_ROAD)
    incident = await world.activated_incident()
    assignment = await heron.arrives(incident)
    await gives_no_sign_of_life(world, heron, incident)
    for desk in (theirs, world.supervisor, world.dispatcher):
        await desk.is_paged("welfare", subject=assignment)


async def test_the_end_of_the_incident_ends_the_search_for_somebody_on_scene(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    assignment = await heron.arrives(incident)
    await gives_no_sign_of_life(world, heron, incident)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("welfare", subject=assignment)
    await world.does(incident, "close")
    await heron.is_told("assignment.stood_down", incident)
    await world.advance(hours=1)
    assert await check_in(world, incident) == (None, 1)


async def test_only_somebody_on_scene_checks_in_and_only_for_themselves(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    assignment = await heron.accepts(await heron.is_offered(incident))
    early = await heron.reports(assignment, "check-in")
    assert (early.status_code, early.json()["state"]) == (409, "accepted")
    await heron.does(assignment, "on-scene")
    foreign = await kestrel.reports(assignment, "check-in")
    assert foreign.status_code == 404
    headers = world.bearer("dispatcher")
    heard = await world.alerts.post(f"/v1/assignments/{assignment}/check-in", headers=headers)
    assert (heard.status_code, heard.json()["check_in_state"]) == (200, "due")
