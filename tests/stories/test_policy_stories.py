"""What is asked for follows from what the incident is, and from the policy that its dispatch was opened with."""

from typing import Any

from tests.support.world import World

HOSPITAL = {"name": "hurt", "when": {"anyone_hurt": True}, "roles": {"hospital": 1}}
FAMILY = {"name": "died", "when": {"anyone_killed": True}, "roles": {"family": 1}}
RULES: list[dict[str, Any]] = [HOSPITAL, FAMILY]


def asked_for(dispatch: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((one["role"], one["state"]) for one in dispatch["offers"])


async def died(world: World, incident: str) -> None:
    answer = await world.does(incident, "reclassify", kind="homicide", killed=1, injured=0, reason="victim_died")
    assert answer.status_code == 200, answer.text


async def test_a_shooting_that_becomes_a_homicide_asks_for_the_family_and_no_more_for_the_hospital(
    world: World,
) -> None:
    await world.asks(rules=RULES)
    heron = await world.on_duty("heron", km=0.4)
    teal = await world.on_duty("teal", km=0.5, roles=("hospital",))
    wren = await world.on_duty("wren", km=0.6, roles=("family",))
    incident = await world.activated_incident(injured=1)
    await heron.accepts(await heron.is_offered(incident))
    await teal.is_offered(incident)
    await died(world, incident)
    await teal.is_told("offer.withdrawn", incident)
    await wren.accepts(await wren.is_offered(incident))
    await world.dispatch_becomes(incident, "staffed")
    await world.quiet()
    dispatch = await world.dispatch(incident)
    assert asked_for(dispatch) == [("family", "accepted"), ("hospital", "withdrawn"), ("scene", "accepted")]
    await died(world, incident)
    await world.quiet()
    assert (await world.dispatch(incident))["version"] == dispatch["version"]
    explained = await world.explain(incident)
    assert [one["role"] for one in explained["decisions"]] == ["scene", "hospital", "family"]
    line = (await world.alerts.get("/v1/dispatches", headers=world.bearer("dispatcher"))).json()["items"][0]
    assert [(one["role"], one["wanted"], one["filled"]) for one in line["roles"]] == [
        ("scene", 1, 1),
        ("family", 1, 1),
    ]


async def test_whoever_is_on_the_way_to_a_role_not_wanted_any_more_is_stood_down(world: World) -> None:
    await world.asks(rules=RULES)
    heron = await world.on_duty("heron", km=0.4)
    teal = await world.on_duty("teal", km=0.5, roles=("hospital",))
    wren = await world.on_duty("wren", km=0.6, roles=("family",))
    incident = await world.activated_incident(injured=1)
    await heron.accepts(await heron.is_offered(incident))
    assignment = await teal.accepts(await teal.is_offered(incident))
    assert (await teal.reports(assignment, "en-route")).status_code == 200
    await died(world, incident)
    await teal.is_told("assignment.stood_down", incident)
    await wren.accepts(await wren.is_offered(incident))
    await world.dispatch_becomes(incident, "staffed")
    assert (await teal.reports(assignment, "on-scene")).status_code == 409


async def test_one_role_that_nobody_is_left_for_does_not_page_again_for_what_happens_to_another(world: World) -> None:
    await world.asks(rules=RULES)
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident(injured=1)
    first = await heron.is_offered(incident)
    for desk in (world.supervisor, world.dispatcher):
        await desk.acknowledges(await desk.is_paged("exhausted", incident_id=incident))
    await heron.declines(first)
    await kestrel.accepts(await kestrel.is_offered(incident))
    await world.quiet()
    dispatch = await world.dispatch(incident)
    assert (dispatch["state"], dispatch["exhausted_count"]) == ("exhausted", 1)
    teal = await world.on_duty("teal", km=0.5, roles=("hospital",))
    await teal.accepts(await teal.is_offered(incident, within_s=30))
    await world.dispatch_becomes(incident, "staffed")


async def test_a_running_dispatch_keeps_the_policy_that_it_was_opened_with(world: World) -> None:
    await world.asks(rules=[FAMILY])
    heron = await world.on_duty("heron", km=0.4)
    await world.on_duty("teal", km=0.5, roles=("hospital",))
    wren = await world.on_duty("wren", km=0.6, roles=("family",))
    incident = await world.activated_incident(injured=1)
    offer = await heron.is_offered(incident)
    await world.asks(rules=[HOSPITAL], acknowledge_within_s=1)
    await world.advance(seconds=60)
    await heron.accepts(offer)
    await died(world, incident)
    await wren.is_offered(incident)
    assert (await world.explain(incident))["policy_version"] == 2


async def test_the_radius_widens_when_nobody_is_left_in_it_and_an_empty_one_is_not_waited_for(world: World) -> None:
    await world.asks(radius_steps_m=[2000, 5000, None])
    heron, kestrel = await world.on_duty("heron", km=3), await world.on_duty("kestrel", km=9)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    await heron.declines(offer)
    await kestrel.is_offered(incident)
    first, second = (await world.explain(incident))["decisions"]
    assert (first["step"], [one["call_sign"] for one in first["ranked"]]) == (2, ["heron"])
    assert [(one["call_sign"], one["reason"], one["step"]) for one in first["left_out"]] == [
        ("kestrel", "out_of_radius", 3)
    ]
    assert (second["step"], [one["call_sign"] for one in second["ranked"]]) == (3, ["kestrel"])


async def test_policies_are_shown_with_who_still_follows_them(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    await world.asks(parallel_offers=2)
    headers = world.bearer("program_office")
    listed = (await world.alerts.get("/v1/policies", headers=headers)).json()
    assert [(one["version"], one["in_force"], one["running"]) for one in listed] == [(2, True, 0), (1, False, 1)]
    shown = (await world.alerts.get("/v1/policies/story/2", headers=headers)).json()
    assert (shown["body"]["parallel_offers"], shown["in_force"]) == (2, True)
    assert (await world.alerts.get("/v1/policies/story/3", headers=headers)).status_code == 404
    assert (await world.alerts.get("/v1/policies", headers=world.bearer("interrupter"))).status_code == 403
