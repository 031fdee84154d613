"""What the desk corrects reaches those who are on the way."""

from tests.support.world import ALDER, World


async def test_the_desks_word_on_the_scene_and_on_the_place_reaches_whoever_is_asked_or_on_the_way(
    world: World,
) -> None:
    await world.asks(roles={"scene": 2}, parallel_offers=1)
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await kestrel.is_offered(incident)
    await heron.accepts(await heron.is_offered(incident))
    assert (await world.does(incident, "scene", status="active_threat", reason="police_report")).status_code == 200
    for who in (heron, kestrel):
        await who.is_told("scene.threat", incident)
    await world.does(incident, "scene", status="police_on_scene", reason="police_report")
    await world.quiet()
    assert (await world.dispatch(incident))["stage_only"] is True
    await world.does(incident, "scene", status="clear", reason="told_from_scene")
    for who in (heron, kestrel):
        await who.is_told("scene.clear", incident)
    corner = {"lat": ALDER[0] + 0.002, "lon": ALDER[1]}
    assert (await world.does(incident, "relocate", location=corner, reason="address_known")).status_code == 200
    for who in (heron, kestrel):
        await who.is_told("scene.moved", incident)
    await world.does(incident, "relocate", location=corner | {"accuracy_m": 5.0}, reason="address_known")
    await world.quiet()
