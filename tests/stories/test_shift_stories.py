"""Who is asked follows who is on shift: shifts end, people are absent, and swap or take over what was planned."""

from datetime import timedelta

from tests.support.planning import Planner
from tests.support.world import OAK_STREET, World


async def test_at_the_end_of_a_shift_nobody_of_it_is_asked(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4, duty=False), await world.on_duty("kestrel", km=1.1)
    planner = Planner(world, OAK_STREET)
    await planner.shift(heron, await planner.now() - timedelta(hours=1), hours=3)
    await planner.is_on_duty(heron, on=True)
    during = await world.activated_incident()
    await heron.declines(await heron.is_offered(during))
    await kestrel.declines(await kestrel.is_offered(during))
    for desk in (world.supervisor, world.dispatcher):
        await desk.acknowledges(await desk.is_paged("exhausted", incident_id=during))
    await world.advance(hours=3)
    await planner.is_on_duty(heron, on=False)
    after = await world.activated_incident()
    await kestrel.is_offered(after)
    decision = (await world.explain(after))["decisions"][0]
    assert [(one["call_sign"], one["reason"]) for one in decision["left_out"]] == [("heron", "off_duty")]


async def test_the_beginning_of_a_shift_reopens_what_nobody_was_left_for(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4, duty=False)
    planner = Planner(world, OAK_STREET)
    await planner.shift(heron, await planner.now() + timedelta(minutes=2), hours=8)
    incident = await world.activated_incident()
    for desk in (world.supervisor, world.dispatcher):
        await desk.acknowledges(await desk.is_paged("exhausted", incident_id=incident))
    await world.advance(minutes=2)
    await heron.is_offered(incident)


async def test_an_absence_keeps_somebody_from_being_asked_and_an_extra_shift_has_them_asked(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4, duty=False), await world.on_duty("kestrel", km=1.1)
    planner = Planner(world, OAK_STREET)
    now = await planner.now()
    await planner.differs(heron, "extra", now - timedelta(minutes=1), hours=9)
    first = await world.activated_incident()
    await heron.declines(await heron.is_offered(first))
    await kestrel.accepts(await kestrel.is_offered(first))
    teal = await world.on_duty("teal", km=2.0)
    await planner.differs(heron, "absence", now - timedelta(minutes=1), hours=4)
    second = await world.activated_incident()
    await teal.is_offered(second)


async def test_a_swap_changes_who_is_asked(world: World) -> None:
    heron, kestrel = [await world.on_duty(name, km=km, duty=False) for name, km in (("heron", 0.4), ("kestrel", 1.1))]
    planner = Planner(world, OAK_STREET)
    now = await planner.now()
    today, tomorrow = now - timedelta(hours=1), now + timedelta(hours=24)
    running, next_one = await planner.shift(heron, today, hours=8), await planner.shift(kestrel, tomorrow, hours=8)
    await planner.is_on_duty(heron, on=True)
    trade = await planner.asks_to_swap(heron, (running, today), kestrel, (next_one, tomorrow))
    await planner.is_told_of_trade(kestrel, "requested")
    await planner.agrees(kestrel, trade)
    await planner.is_told_of_trade(heron, "effective")
    incident = await world.activated_incident()
    await kestrel.is_offered(incident)
    decision = (await world.explain(incident))["decisions"][0]
    assert [(one["call_sign"], one["reason"]) for one in decision["left_out"]] == [("heron", "off_duty")]
