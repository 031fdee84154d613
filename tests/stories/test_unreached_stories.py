"""Whoever was not asked in earnest is asked again: a phone that never took the question, a question taken away."""

from tests.support.people import Interrupter
from tests.support.waiting import eventually
from tests.support.world import World


async def is_unreached(world: World, who: Interrupter, incident: str) -> None:
    """Every attempt has failed, and nobody else was left: the desk has been paged."""

    async def given_up() -> bool:
        offers = (await world.dispatch(incident))["offers"]
        return [one["state"] for one in offers if one["interrupter_id"] == str(who.worker)][-1:] == ["undeliverable"]

    await world.supervisor.is_paged("exhausted", incident_id=incident)
    await world.dispatcher.is_paged("exhausted", incident_id=incident)
    await eventually(given_up, within_s=20)


async def test_whose_phone_was_dead_is_asked_again_on_another_one(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4, phone="refused")
    incident = await world.activated_incident()
    await is_unreached(world, heron, incident)
    await world.gets_phone(heron)
    await heron.accepts(await heron.is_offered(incident, within_s=15))
    await world.dispatch_becomes(incident, "staffed")


async def test_after_a_failure_of_our_own_way_out_people_are_asked_again_three_times_in_all(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4, phone="503")
    incident = await world.activated_incident()
    await is_unreached(world, heron, incident)
    heron.phone.behaviour = "ok"
    await world.advance(minutes=3)
    await heron.accepts(await heron.is_offered(incident, within_s=15))
    await world.dispatch_becomes(incident, "staffed")


async def test_whose_question_was_withdrawn_for_another_incident_is_asked_again_when_free(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    first = await world.activated_incident()
    late = await heron.is_offered(first)
    await world.advance(minutes=5)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("exhausted", incident_id=first)
    second = await world.activated_incident()
    await heron.is_offered(second)
    taken = await heron.accepts(late)
    await heron.is_told("offer.withdrawn", second)
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("exhausted", incident_id=second)
    await heron.does(taken, "on-scene")
    await heron.does(taken, "clear")
    await heron.is_offered(second, within_s=15)
