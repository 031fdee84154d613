"""Where somebody is: known while it helps to decide, then roughly, then not at all; the decision stays explained."""

from typing import Any

from services.alerts.usecases.workforce.forget_old_positions import forget_old_positions
from tests.support.people import Interrupter
from tests.support.triages import hold, supervisor
from tests.support.world import ALDER, World


async def known_position(world: World, who: Interrupter) -> tuple[float, float] | None:
    answer = await world.alerts.get(f"/v1/interrupters/{who.worker}", headers=supervisor(world))
    position = answer.json()["whereabouts"]["position"]
    return None if position is None else (position["lat"], position["lon"])


async def hours_pass(world: World, hours: float) -> None:
    """The engine forgets once a minute, which would have to be waited for: another one does beside it."""
    await world.advance(hours=hours)
    while await world.alerts_db.retrying(forget_old_positions):
        pass


async def test_where_somebody_was_is_fine_then_coarse_then_gone_and_the_decision_stays_explained(
    world: World,
) -> None:
    await world.on_duty("kestrel", km=1.3)
    heron = await world.on_duty("heron", km=9)
    own = world.bearer("interrupter", worker=heron.worker)
    is_at = {"lat": ALDER[0] + 0.00234, "lon": ALDER[1]}
    kept = await world.alerts.put(f"/v1/interrupters/{heron.worker}/location", json=is_at, headers=own)
    assert kept.json() == {"kept": True}
    assert await known_position(world, heron) == (is_at["lat"], is_at["lon"])
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)  # who lives far off and is near
    assignment = await heron.accepts(offer)
    await heron.does(assignment, "on-scene")
    await heron.does(assignment, "clear")
    assert (await hold(world, incident)).status_code == 201
    explained = (await world.explain(incident))["words"]
    assert "could be asked, in this order: heron (the community's team, less than 1 km)" in explained[1]

    await heron.goes(on_duty=False)
    assert await known_position(world, heron) == (38.9, -77.0)
    await hours_pass(world, 23)
    assert (await known_position(world, heron), await distance(world, own, offer.offer_id)) == ((38.9, -77.0), 260)
    await hours_pass(world, 1)
    assert (await known_position(world, heron), await distance(world, own, offer.offer_id)) == (None, 0)
    assert (await world.explain(incident))["words"] == explained
    replay = await world.alerts.get(f"/v1/dispatches/{incident}/replay", headers=world.bearer("auditor"))
    assert replay.json()["follows"], replay.text


async def distance(world: World, own: dict[str, str], offer_id: str) -> Any:
    return (await world.alerts.get(f"/v1/offers/{offer_id}", headers=own)).json()["distance_m"]
