"""What people on scene report decides how the others go there: near, or in."""

from typing import Any

import httpx
import pytest

from tests.support.people import Interrupter, Offer
from tests.support.world import World


async def sees(world: World, who: Interrupter, assignment: str, scene: str, **facts: Any) -> httpx.Response:
    return await world.alerts.put(
        f"/v1/assignments/{assignment}/scene-report",
        json={"scene": scene} | facts,
        headers=world.bearer("interrupter", worker=who.worker),
    )


async def shown(world: World, who: Interrupter, offer: Offer) -> Any:
    headers = world.bearer("interrupter", worker=who.worker)
    return (await world.alerts.get(f"/v1/offers/{offer.offer_id}", headers=headers)).json()


async def test_a_clear_scene_ends_staging_for_whoever_is_asked_or_on_the_way_and_for_later_offers(world: World) -> None:
    await world.asks(roles={"scene": 2}, parallel_offers=1)
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    swift = await world.on_duty("swift", km=6)
    incident = await world.activated_incident(active_threat=True)
    asked = await kestrel.is_offered(incident)
    there = await heron.arrives(incident)
    assert (await shown(world, kestrel, asked))["stage_only"] is True
    assert (await sees(world, heron, there, "tense")).status_code == 200
    assert (await world.dispatch(incident))["stage_only"] is True
    assert (await sees(world, heron, there, "clear", police_on_scene=True)).status_code == 200
    await kestrel.is_told("scene.clear", incident)
    assert (await world.dispatch(incident))["stage_only"] is False
    await kestrel.declines(asked)
    assert (await shown(world, swift, await swift.is_offered(incident)))["stage_only"] is False


async def test_a_threat_that_begins_again_is_told_urgently_to_whoever_is_there(world: World) -> None:
    await world.asks(roles={"scene": 2}, parallel_offers=1)
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    there, later = await heron.arrives(incident), await kestrel.arrives(incident)
    assert (await sees(world, heron, there, "active_threat", weapons_seen=True)).status_code == 200
    await kestrel.is_told("scene.threat", incident)
    assert (await sees(world, heron, there, "clear")).status_code == 200
    await kestrel.is_told("scene.clear", incident)
    again = await world.report(source_ref="ref-1", active_threat=True)
    assert again.json()["disposition"] == "attached"
    for who in (heron, kestrel):
        await who.is_told("scene.threat", incident)
    assert (await sees(world, kestrel, later, "clear")).status_code == 200
    await heron.is_told("scene.clear", incident)
    await world.report(source_ref="ref-1", injured=2)  # speaks of no threat, and intake remembers the old one
    await world.quiet()
    assert (await world.dispatch(incident))["stage_only"] is False


async def test_whoever_says_again_that_it_is_clear_is_heard_after_the_desk_has_told_of_a_threat(world: World) -> None:
    await world.asks(roles={"scene": 2}, parallel_offers=1)
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    there = await heron.arrives(incident)
    await kestrel.accepts(await kestrel.is_offered(incident))
    first = (await sees(world, heron, there, "clear")).json()
    await world.does(incident, "scene", status="active_threat", reason="police_report")
    for who in (heron, kestrel):
        await who.is_told("scene.threat", incident)
    await world.advance(minutes=1)
    again = (await sees(world, heron, there, "clear")).json()
    assert (first["number"], again["number"]) == (1, 2)
    assert again["reported_at"] > first["reported_at"]
    await kestrel.is_told("scene.clear", incident)
    assert (await world.dispatch(incident))["stage_only"] is False
    assert (await sees(world, heron, there, "clear")).json() == again, "the same request sent again"
    words = (await world.explain(incident))["words"]
    assert sum(line.endswith("heron reported the scene: clear") for line in words) == 2


async def test_every_report_is_kept_the_newest_counts_and_it_is_a_sign_of_life(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    there = await heron.arrives(incident)
    await world.advance(minutes=31)
    facts = {"crowd": "up_to_50", "retaliation_talk": "serious", "services_needed": ["trauma_support", "medical"]}
    first = await sees(world, heron, there, "tense", **facts)
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    assert (await sees(world, heron, there, "tense", **facts)).headers["ETag"] == '"1"'
    await world.advance(minutes=31)
    assert (
        await sees(world, heron, there, "clear", rumours_controlled="ongoing", de_escalated=True)
    ).status_code == 200
    [assignment] = (await world.dispatch(incident))["assignments"]
    newest = assignment["scene_report"]
    assert (newest["number"], newest["scene"], newest["crowd"], newest["rumours_controlled"]) == (
        2,
        "clear",
        None,
        "ongoing",
    )
    told = (await world.explain(incident))["scene_reports"]
    assert [(one["number"], one["scene"], one["retaliation_talk"]) for one in told] == [
        (1, "tense", "serious"),
        (2, "clear", None),
    ]


async def test_a_report_is_read_by_the_desk_and_by_whoever_was_sent_there(world: World) -> None:
    await world.asks(roles={"scene": 2}, parallel_offers=1)
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    there = await heron.arrives(incident)
    path = f"/v1/assignments/{there}/scene-report"
    sent, stranger = world.bearer("interrupter", worker=kestrel.worker), world.bearer("interrupter", worker=OTHER)
    assert (await world.alerts.get(path, headers=world.bearer("auditor"))).status_code == 404
    assert (await sees(world, heron, there, "tense")).status_code == 200
    assert (await sees(world, kestrel, there, "clear")).status_code == 404
    await kestrel.accepts(await kestrel.is_offered(incident))
    seen = [
        (await world.alerts.get(path, headers=who)).status_code for who in (world.bearer("auditor"), sent, stranger)
    ]
    assert seen == [200, 200, 404]


OTHER = "0d9a1f00-0000-4000-8000-0000000000ff"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"scene": "fine"}, "/scene"),
        ({"crowd": "many"}, "/crowd"),
        ({"weapons_seen": "yes"}, "/weapons_seen"),
        ({"services_needed": ["pizza"]}, "/services_needed/0"),
        ({"note": "I saw"}, "/note"),
    ],
)
async def test_a_report_that_cannot_be_kept_names_the_field_and_leaves_nothing(
    world: World, facts: dict[str, Any], pointer: str
) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    there = await heron.arrives(incident)
    refused = await sees(world, heron, there, **{"scene": "clear"} | facts)
    assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, [pointer])
    assert (await world.dispatch(incident))["assignments"][0]["scene_report"] is None


async def test_whoever_was_relieved_reports_nothing_any_more(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident(active_threat=True)
    there = await heron.arrives(incident)
    await world.reassigns(incident, kestrel)
    await kestrel.is_told("assignment.made", incident)
    await heron.is_told("assignment.reassigned", incident)
    refused = await sees(world, heron, there, "clear")
    assert (refused.status_code, refused.json()["state"]) == (409, "reassigned")
    assert (await world.dispatch(incident))["stage_only"] is True
