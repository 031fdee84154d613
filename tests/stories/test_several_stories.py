"""More than one person asked at a time, and more than one wanted."""

import asyncio

from tests.support.world import World


async def test_of_two_asked_at_once_the_first_yes_wins_and_the_other_is_told(world: World) -> None:
    await world.asks(parallel_offers=2)
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    await world.on_duty("teal", km=2.0)
    incident = await world.activated_incident()
    beside, first = await heron.is_offered(incident), await kestrel.is_offered(incident)
    await kestrel.accepts(first)
    await heron.is_told("offer.taken", incident)
    too_late = await heron.taps(beside, "accept")
    assert (too_late.status_code, too_late.json()["state"]) == (409, "taken")
    dispatch = await world.dispatch_becomes(incident, "staffed")
    assert [offer["state"] for offer in dispatch["offers"]] == ["taken", "accepted"]


async def test_of_two_yeses_at_once_one_has_it_and_the_other_is_told(world: World) -> None:
    await world.asks(parallel_offers=2)
    asked = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    offers = [await person.is_offered(incident) for person in asked]
    answers = await asyncio.gather(*(person.taps(offer, "accept") for person, offer in zip(asked, offers, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(person for person, answer in zip(asked, answers, strict=True) if answer.status_code == 409)
    await loser.is_told("offer.taken", incident)
    assert len((await world.dispatch_becomes(incident, "staffed"))["assignments"]) == 1


async def test_beside_a_question_under_way_one_that_ends_is_replaced(world: World) -> None:
    await world.asks(parallel_offers=2)
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    teal = await world.on_duty("teal", km=2.0)
    incident = await world.activated_incident()
    await kestrel.is_offered(incident)
    await heron.declines(await heron.is_offered(incident))
    await teal.is_offered(incident)


async def test_two_wanted_are_two_who_said_yes_and_a_third_is_refused(world: World) -> None:
    await world.asks(roles={"scene": 2})
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    teal = await world.on_duty("teal", km=2.0)
    incident = await world.activated_incident()
    third, first = await heron.is_offered(incident), await kestrel.is_offered(incident)
    await kestrel.accepts(first)
    assert (await world.dispatch(incident))["state"] == "open"
    await world.advance(minutes=5)
    await teal.accepts(await teal.is_offered(incident))
    dispatch = await world.dispatch_becomes(incident, "staffed")
    assert {one["interrupter_id"] for one in dispatch["assignments"]} == {str(kestrel.worker), str(teal.worker)}
    refused = await heron.taps(third, "accept")
    assert (refused.status_code, refused.json()["state"]) == (409, "expired")


async def test_two_wanted_and_asked_in_parallel_the_second_yes_ends_the_other_questions(world: World) -> None:
    await world.asks(roles={"scene": 2}, parallel_offers=2)
    birds = [await world.on_duty(f"bird-{number}", km=1 + number) for number in range(5)]
    incident = await world.activated_incident()
    offers = [await bird.is_offered(incident) for bird in birds[:4]]
    await birds[3].accepts(offers[3])
    await birds[0].accepts(offers[0])
    await birds[1].is_told("offer.taken", incident)
    await birds[2].is_told("offer.taken", incident)
    assert (await birds[1].taps(offers[1], "accept")).status_code == 409
    dispatch = await world.dispatch_becomes(incident, "staffed")
    assert [offer["state"] for offer in dispatch["offers"]] == ["accepted", "taken", "taken", "accepted"]


async def test_of_two_who_have_the_role_it_must_be_said_who_is_relieved(world: World) -> None:
    await world.asks(roles={"scene": 2})
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    teal = await world.on_duty("teal", km=2.0)
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    await kestrel.accepts(await kestrel.is_offered(incident))
    unsaid = await world.reassigns(incident, teal)
    assert (unsaid.status_code, unsaid.json()["errors"][0]["pointer"]) == (422, "/instead_of")
    assert (await world.reassigns(incident, teal, instead_of=str(kestrel.worker))).status_code == 201
    await teal.is_told("assignment.made", incident)
    await kestrel.is_told("assignment.reassigned", incident)
    states = [one["state"] for one in (await world.dispatch(incident))["assignments"]]
    assert states == ["accepted", "reassigned", "accepted"]
