"""Looking back at a dispatch: why it went as it did, and whether that follows from what was known."""

import json

from tests.support.world import World


async def test_a_decision_is_made_again_from_what_it_was_made_from(world: World) -> None:
    await world.asks(radius_steps_m=[2000, None])
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=3.1)
    await world.on_duty("teal", km=0.2, licensed=False)
    incident = await world.activated_incident()
    await heron.declines(await heron.is_offered(incident))
    await kestrel.accepts(await kestrel.is_offered(incident))
    await heron.loses_licences()
    await world.asks(radius_steps_m=[100])
    answer = await world.alerts.get(f"/v1/dispatches/{incident}/replay", headers=world.bearer("auditor"))
    replay = answer.json()
    assert replay["follows"], replay
    assert [(one["cause"], one["people"], one["follows"]) for one in replay["decisions"]] == [
        ("opened", 3, True),
        ("declined", 3, True),
    ]
    assert not {"lat", "lon", "home"} & set(json.dumps(replay).replace('"', " ").split())


async def test_inputs_or_a_decision_that_were_tampered_with_are_found_out(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    async with world.alerts_db.transaction() as tx:
        await tx.run("""UPDATE rankings SET ranked = '[]', left_out = json_build_array(json_build_object(
            'interrupter_id', ranked -> 0 ->> 'interrupter_id', 'reason', 'off_duty'))""")
    answer = await world.alerts.get(f"/v1/dispatches/{incident}/replay", headers=world.bearer("auditor"))
    (decision,) = answer.json()["decisions"]
    assert (answer.json()["follows"], decision["follows"]) == (False, False)
    assert decision["differences"] == [
        {
            "interrupter_id": str(heron.worker),
            "kept": "left out: off_duty",
            "replayed": "number 1, team, 0 km, step 1",
        }
    ]


async def test_a_decision_whose_inputs_are_not_kept_is_said_to_be_so(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    await heron.is_offered(incident)
    async with world.alerts_db.transaction() as tx:
        await tx.run("DELETE FROM decision_inputs")
    answer = await world.alerts.get(f"/v1/dispatches/{incident}/replay", headers=world.bearer("auditor"))
    (decision,) = answer.json()["decisions"]
    assert (decision["follows"], decision["why_not"]) == (None, "what it was made from is not kept")


async def test_an_explanation_reads_in_the_order_of_time_with_the_programmes_clock(world: World) -> None:
    await world.asks(radius_steps_m=[2000, None])
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=3.1)
    incident = await world.activated_incident()
    await heron.declines(await heron.is_offered(incident))
    await kestrel.accepts(await kestrel.is_offered(incident))
    heading, *lines = (await world.explain(incident))["words"]
    assert heading.startswith("shooting in Alder, activated 20")
    assert heading.endswith("policy story version 2, rules that hold now: none; wanted now: 1 scene")
    said = [line[20:] for line in lines]
    assert said[0] == (
        "scene: the dispatch was opened; radius step 1 of 2, within 2 km; could be asked, in this order:"
        " heron (the community's team, less than 1 km); left out: kestrel is too far away until step 2"
    )
    assert said[1].startswith("heron was asked for scene: declined (off_shift) at 20")
    assert said[2].startswith(
        "scene: somebody declined; radius step 2 of 2, however far; could be asked, in this order:"
    )
    assert "kestrel (the community's team, about 3 km); left out: heron was asked before" in said[2]
    assert lines == sorted(lines, key=lambda line: line[:19])
