"""What answers do: the first valid yes, a late one, two at once, and whose answers count."""

import asyncio

from tests.support.world import OAK_STREET, RIVER_ROAD, World


async def test_a_cleared_person_is_asked_again(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    first = await world.activated_incident()
    assignment = await heron.accepts(await heron.is_offered(first))
    second = await world.activated_incident()
    await world.supervisor.is_paged("exhausted", incident_id=second)
    await world.dispatcher.is_paged("exhausted", incident_id=second)
    for step in ("en-route", "on-scene", "clear"):
        assert (await heron.reports(assignment, step)).status_code == 200
    await heron.is_offered(second)


async def test_a_late_yes_counts_while_the_role_is_unfilled(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    late = await heron.is_offered(incident)
    await world.advance(minutes=5)
    await kestrel.is_offered(incident)
    await heron.accepts(late)
    await kestrel.is_told("offer.taken", incident)
    await world.dispatch_becomes(incident, "staffed")


async def test_a_late_yes_after_somebody_has_it_changes_nothing(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    late = await heron.is_offered(incident)
    await world.advance(minutes=5)
    await kestrel.accepts(await kestrel.is_offered(incident))
    answer = await heron.taps(late, "accept")
    assert (answer.status_code, answer.json()["state"]) == (409, "expired")


async def test_two_who_accept_at_once_make_one_assignment_and_the_other_is_told(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    first = await heron.is_offered(incident)
    await world.advance(minutes=5)
    second = await kestrel.is_offered(incident)
    answers = await asyncio.gather(heron.taps(first, "accept"), kestrel.taps(second, "accept"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    dispatch = await world.dispatch_becomes(incident, "staffed")
    assert len(dispatch["assignments"]) == 1
    if answers[0].status_code == 200:
        await kestrel.is_told("offer.taken", incident)


async def test_repeated_taps_change_nothing(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    assert await heron.accepts(offer) == await heron.accepts(offer)
    version = (await world.dispatch(incident))["version"]
    await heron.accepts(offer)
    assert (await world.dispatch(incident))["version"] == version


async def test_taking_one_incident_withdraws_the_other_question(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    first = await world.activated_incident()
    late = await heron.is_offered(first)
    await world.advance(minutes=5)
    await kestrel.declines(await kestrel.is_offered(first))
    await world.supervisor.is_paged("exhausted", incident_id=first)
    await world.dispatcher.is_paged("exhausted", incident_id=first)
    second = await world.activated_incident()
    await heron.is_offered(second)
    await heron.accepts(late)
    await heron.is_told("offer.withdrawn", second)
    await kestrel.is_offered(second)


async def test_a_foreign_supervisor_finds_no_offer(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    offer = await heron.is_offered(await world.activated_incident())
    for organization, status in ((RIVER_ROAD, 404), (OAK_STREET, 200)):
        headers = world.bearer("supervisor", org=organization)
        answer = await world.alerts.get(f"/v1/offers/{offer.offer_id}", headers=headers)
        assert answer.status_code == status


async def test_a_late_yes_is_refused_to_whoever_would_not_be_asked_any_more(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    teal, wren = await world.on_duty("teal", km=1.5), await world.on_duty("wren", km=2.0)
    incident = await world.activated_incident()
    late = {}
    for one in (heron, kestrel, teal, wren):
        late[one] = await one.is_offered(incident)
        await world.advance(minutes=5)
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)
    await heron.goes(on_duty=False)
    await kestrel.loses_licences()
    await teal.keeps_out_of(incident, organization=OAK_STREET)
    for one, reason in ((heron, "off_duty"), (kestrel, "no_licence"), (teal, "not_available")):
        refused = (await one.taps(late[one], "accept")).json()
        assert (refused["status"], refused["state"], refused["reasons"]) == (409, "expired", [reason])
        assert refused["type"].endswith("/not-eligible")
    await wren.accepts(late[wren])
    dispatch = await world.dispatch_becomes(incident, "staffed")
    assert [one["interrupter_id"] for one in dispatch["assignments"]] == [str(wren.worker)]


async def test_a_late_yes_of_somebody_who_has_another_incident_is_refused(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    first = await world.activated_incident()
    late = await heron.is_offered(first)
    await world.advance(minutes=5)
    for desk in (world.supervisor, world.dispatcher):
        await desk.acknowledges(await desk.is_paged("exhausted", incident_id=first))
    second = await world.activated_incident()
    await heron.accepts(await heron.is_offered(second))
    refused = (await heron.taps(late, "accept")).json()
    assert (refused["status"], refused["reasons"]) == (409, ["committed"])
