"""Whoever is on scene again and again where people were hurt is seen by those who care for them."""

from typing import Any

from tests.support.people import Interrupter
from tests.support.world import OAK_STREET, RIVER_ROAD, World


async def been_there(world: World, who: Interrupter, **facts: Any) -> str:
    """An hour at an incident. They lie apart, so that each is one of its own."""
    incident = await world.activated_incident(**facts)
    await who.does(await who.arrives(incident), "clear")
    await world.advance(hours=5)
    return incident


async def record(world: World, who: Interrupter) -> dict[str, Any]:
    path = f"/v1/interrupters/{who.worker}/exposure"
    answer = await world.alerts.get(path, headers=world.bearer("supervisor", org=OAK_STREET))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_after_so_many_incidents_with_victims_a_rest_is_suggested_once_and_nobody_is_left_out(
    world: World,
) -> None:
    await world.asks(exposure_threshold=2, targets={"triage_s": 90 * 86_400})
    heron = await world.on_duty("heron")
    for facts in ({"injured": 0}, {"injured": 2}, {"exercise": True, "injured": 1}):
        await been_there(world, heron, **facts)
    assert (len((await record(world, heron))["exposures"]), await suggested(world, heron)) == (1, [])
    await been_there(world, heron, injured=0, killed=1)
    for told in (heron, world.supervisor):
        await world.phones.message(told.phone, kind="truce.rest.suggested", interrupter_id=str(heron.worker))
    await been_there(world, heron, injured=1)
    own = world.bearer("interrupter", worker=heron.worker)
    shown = (await world.alerts.get("/v1/me", headers=own)).json()
    assert shown["rest_suggested"]["exposures"] == 2
    path = f"/v1/interrupters/{heron.worker}"
    for caller, seen in ((own, 2), (world.bearer("supervisor", org=OAK_STREET), 2), (world.bearer("dispatcher"), None)):
        rest = (await world.alerts.get(path, headers=caller)).json()["rest_suggested"]
        assert (rest and rest["exposures"]) == seen
    assert (len((await record(world, heron))["exposures"]), await suggested(world, heron)) == (3, [(2, 1)])
    await world.advance(days=31)
    assert (await record(world, heron))["exposures"] == []
    assert (await world.alerts.get("/v1/me", headers=own)).json()["rest_suggested"] is None


async def test_victims_that_are_known_later_count_for_whoever_was_there(world: World) -> None:
    await world.asks(exposure_threshold=1)
    heron = await world.on_duty("heron")
    incident = await world.activated_incident(injured=None)
    await heron.does(await heron.arrives(incident), "clear")
    await world.does(incident, "reclassify", kind="homicide", reason="victim_died")
    for told in (heron, world.supervisor):
        await world.phones.message(told.phone, kind="truce.rest.suggested", interrupter_id=str(heron.worker))
    await world.report(source_ref="ref-1", injured=3)
    await world.quiet()
    assert await suggested(world, heron) == [(1, 1)]


async def test_what_somebody_has_seen_is_for_them_their_supervisors_and_the_office(world: World) -> None:
    heron, kestrel = await world.on_duty("heron"), await world.on_duty("kestrel")
    path = f"/v1/interrupters/{heron.worker}/exposure"
    callers = {
        "self": world.bearer("interrupter", worker=heron.worker),
        "colleague": world.bearer("interrupter", worker=kestrel.worker),
        "supervisor": world.bearer("supervisor", org=OAK_STREET),
        "foreign": world.bearer("supervisor", org=RIVER_ROAD),
        "office": world.bearer("program_office"),
        "dispatcher": world.bearer("dispatcher"),
    }
    seen = {name: (await world.alerts.get(path, headers=who)).status_code for name, who in callers.items()}
    assert seen == {
        "self": 200,
        "colleague": 404,
        "supervisor": 200,
        "foreign": 404,
        "office": 200,
        "dispatcher": 403,
    }


async def suggested(world: World, who: Interrupter) -> list[tuple[int, int]]:
    """After how many, and to how many of their supervisors' phones."""
    found = (await record(world, who))["rest_suggested"]
    return [(one["exposures"], one["supervisors_told"]) for one in found]
