"""Who is asked, in what order, and what happens when they answer, or do not."""

from shared.web.pagination import write_cursor
from tests.support.world import RIVER_ROAD, World


async def test_the_nearest_licensed_person_is_asked_first(world: World) -> None:
    heron, _kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    await heron.accepts(offer)
    await world.dispatch_becomes(incident, "staffed")


async def test_a_licence_beats_distance(world: World) -> None:
    await world.on_duty("near-without-licence", km=0.1, licensed=False)
    kestrel = await world.on_duty("kestrel", km=3.0)
    incident = await world.activated_incident()
    await kestrel.is_offered(incident)
    decision = (await world.explain(incident))["decisions"][0]
    assert [one["call_sign"] for one in decision["ranked"]] == ["kestrel"]
    assert [(one["call_sign"], one["reason"]) for one in decision["left_out"]] == [
        ("near-without-licence", "no_licence")
    ]


async def test_the_team_is_asked_before_a_nearer_floater(world: World) -> None:
    floater = await world.on_duty("floater", km=0.1, licensed=False, floater=True)
    heron = await world.on_duty("heron", km=2.0)
    incident = await world.activated_incident()
    await heron.declines(await heron.is_offered(incident))
    await floater.is_offered(incident)


async def test_a_declined_offer_goes_to_the_next_at_once(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await heron.declines(await heron.is_offered(incident))
    await kestrel.is_offered(incident)


async def test_an_offer_not_answered_in_time_goes_to_the_next_nearest(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    await world.advance(minutes=5)
    await kestrel.is_offered(incident)


async def test_nobody_is_asked_early(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    await world.quiet()
    await world.advance(seconds=100)
    await world.quiet()
    assert len((await world.dispatch(incident))["offers"]) == 1


async def test_an_acknowledged_offer_waits_longer_and_then_expires(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    assert (await heron.taps(offer, "acknowledge")).json()["state"] == "acknowledged"
    await world.advance(minutes=3)
    await world.quiet()
    assert len((await world.dispatch(incident))["offers"]) == 1
    await world.advance(minutes=3)
    await kestrel.is_offered(incident)


async def test_a_refused_connection_asks_the_next_at_once(world: World) -> None:
    await world.on_duty("dead-phone", km=0.2, phone="refused")
    kestrel = await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await kestrel.is_offered(incident, within_s=3)


async def test_a_receiver_that_answers_an_error_asks_the_next_at_once(world: World) -> None:
    await world.on_duty("broken-phone", km=0.2, phone="500")
    kestrel = await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await kestrel.is_offered(incident, within_s=3)


async def test_a_hanging_receiver_asks_the_next_after_five_seconds(world: World) -> None:
    await world.on_duty("hanging-phone", km=0.2, phone="hang")
    kestrel = await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await kestrel.is_offered(incident, within_s=7)


async def test_an_offer_whose_phone_refuses_is_taken_once_somebody_else_has_the_role(world: World) -> None:
    await world.on_duty("dead-phone", km=0.2, phone="refused")
    kestrel = await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await kestrel.accepts(await kestrel.is_offered(incident))
    dispatch = await world.dispatch_becomes(incident, "staffed")
    assert [offer["state"] for offer in dispatch["offers"]] == ["taken", "accepted"]


async def test_when_nobody_is_left_supervisor_and_dispatcher_are_paged_until_one_acknowledges(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    await heron.declines(await heron.is_offered(incident))
    await world.dispatch_becomes(incident, "exhausted")
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)
    await world.advance(minutes=10)
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    page = await world.dispatcher.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.acknowledges(page)
    await world.advance(minutes=30)


async def test_nobody_on_duty_pages_the_desk_without_waiting(world: World) -> None:
    await world.on_duty("asleep", duty=False)
    incident = await world.activated_incident()
    await world.supervisor.is_paged("exhausted", incident_id=incident, within_s=5)
    await world.dispatcher.is_paged("exhausted", incident_id=incident, within_s=5)


async def test_coming_on_duty_reopens_an_exhausted_dispatch(world: World) -> None:
    heron = await world.on_duty("heron", duty=False)
    incident = await world.activated_incident()
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)
    await heron.goes(on_duty=True)
    await heron.accepts(await heron.is_offered(incident))
    await world.dispatch_becomes(incident, "staffed")
    await world.advance(minutes=30)


async def test_an_incident_screened_out_stands_everybody_down(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    assert (await world.does(incident, "screen-out", reason="unfounded")).status_code == 200
    await world.dispatch_becomes(incident, "stood_down")
    await heron.is_told("assignment.stood_down", incident)


async def test_an_old_crime_pages_nobody(world: World) -> None:
    await world.on_duty("heron", km=0.4)
    answer = await world.report(occurred_at="2022-08-22T10:00:00+00:00")
    assert answer.json()["incident"]["state"] == "reported"
    await world.quiet()


async def test_an_incident_in_no_community_goes_to_floaters_only(world: World) -> None:
    await world.on_duty("heron", km=0.4)
    floater = await world.on_duty("floater", km=5, licensed=False, floater=True, organization=RIVER_ROAD)
    incident = await world.activated_incident(location={"lat": 38.95, "lon": -77.0})
    await floater.is_offered(incident)
    assert (await world.dispatch(incident))["community"] is None


async def test_the_only_phone_that_fails_pages_the_desk_at_once(world: World) -> None:
    await world.on_duty("dead-phone", km=0.2, phone="refused")
    incident = await world.activated_incident()
    await world.supervisor.is_paged("exhausted", incident_id=incident, within_s=3)
    await world.dispatcher.is_paged("exhausted", incident_id=incident, within_s=3)


async def test_whoever_was_never_called_is_called_when_the_engine_is_back(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    await world.deployment.stop("alerts", "engine")
    incident = await world.activated_incident()
    await world.dispatch_becomes(incident, "open")
    await world.deployment.advance(minutes=10)
    await world.deployment.start("alerts", "engine")
    offer = await heron.is_offered(incident)
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)
    await world.quiet()
    await heron.accepts(offer)
    await world.dispatch_becomes(incident, "staffed")


async def test_outside_every_community_every_supervisor_and_the_dispatcher_are_paged(world: World) -> None:
    incident = await world.activated_incident(location={"lat": 38.95, "lon": -77.0})
    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)


async def test_an_active_threat_is_told_in_the_message_and_behind_its_link(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident(active_threat=True)
    message = await world.phones.message(heron.phone, kind="truce.offer.made", incident_id=incident)
    assert message["data"]["stage_only"] is True
    who = world.bearer("interrupter", worker=heron.worker)
    shown = await world.alerts.get(f"/v1/offers/{message['data']['offer_id']}", headers=who)
    assert shown.json()["stage_only"] is True


async def test_pages_of_dispatches_follow_each_other_and_keep_their_filter(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    staffed = await world.activated_incident()
    await heron.accepts(await heron.is_offered(staffed))
    exhausted = [await world.activated_incident() for _ in range(3)]
    for incident in exhausted:
        await world.supervisor.is_paged("exhausted", incident_id=incident)
        await world.dispatcher.is_paged("exhausted", incident_id=incident)
    headers, address, sizes, found = (
        world.bearer("dispatcher"),
        "/v1/dispatches?state=exhausted&limit=2",
        [],
        set[str](),
    )
    while address:
        answer = await world.alerts.get(address, headers=headers)
        sizes.append(len(answer.json()["items"]))
        found |= {item["incident_id"] for item in answer.json()["items"]}
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert (sizes, found) == ([2, 1], set(exhausted))
    assert "next" not in (await world.alerts.get("/v1/dispatches?limit=4", headers=headers)).links
    made_up = {"cursor": write_cursor("0001-01-01T00:00:00+14:00", staffed)}
    assert (await world.alerts.get("/v1/dispatches", params=made_up, headers=headers)).status_code == 400
