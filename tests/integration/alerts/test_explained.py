"""A year later: what was answered, who went, whom it was paged to and who took that up, and with what it ended."""

from typing import Any

from services.alerts.usecases.dispatching.follow_incident import follow_incident
from shared.contracts.events.incidents import IncidentClosed, IncidentSnapshot
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.world import ALDER


async def becomes(alone: AlertsAlone, incident: str, **facts: Any) -> None:
    async with alone.world.alerts_db.transaction() as tx:
        known = (await tx.row("SELECT incident FROM dispatches WHERE incident_id = :id", id=incident))["incident"]
        after = IncidentSnapshot.model_validate(known | {"version": known["version"] + 1} | facts)
        # Every event carries the whole incident: what has happened is read from that.
        await follow_incident(tx, IncidentClosed(at=await tx.now(), incident=after))


async def test_an_explanation_tells_the_whole_course(alone: AlertsAlone) -> None:
    world = alone.world
    heron, kestrel = await world.on_duty("heron", km=0.2), await world.on_duty("kestrel", duty=False)
    incident = await alone.incident()
    [offer] = (await world.dispatch(incident))["offers"]
    own = world.bearer("interrupter", worker=heron.worker)
    no = await world.alerts.post(f"/v1/offers/{offer['offer_id']}/decline", json={"reason": "unsafe"}, headers=own)
    assert no.status_code == 200
    desk = world.bearer("dispatcher", sub="desk-1")
    [page] = (await world.alerts.get("/v1/pages", headers=desk)).json()
    assert (await world.alerts.post(f"/v1/pages/{page['page_id']}/acknowledge", headers=desk)).status_code == 204
    made = (await world.reassigns(incident, kestrel, despite=["off_duty"])).json()
    for step in ("en-route", "on-scene", "clear"):
        await kestrel.does(made["assignment_id"], step)
    await becomes(alone, incident, state="closed")

    found = await world.explain(incident)
    [asked] = found["asked"]
    assert (asked["state"], asked["decline_reason"]) == ("declined", "unsafe")
    [went] = found["went"]
    assert (went["call_sign"], went["had_by"], went["state"]) == ("kestrel", "hand", "cleared")
    assert went["accepted_at"] <= went["en_route_at"] <= went["on_scene_at"] <= went["ended_at"]
    [paged] = found["paged"]
    assert (paged["kind"], paged["state"], paged["settled_by"]) == ("exhausted", "acknowledged", "desk-1")
    assert paged["raised_at"] <= paged["settled_at"]
    assert (found["ended"]["state"], found["ended"]["incident_state"]) == ("closed", "closed")
    told = [line[20:] for line in found["words"][1:]]
    assert not [line for line in told if line.startswith("kestrel was asked")], "nobody asked: the desk decided"
    assert told[1].startswith("heron was asked for scene: declined (unsafe) at 20")
    assert [line for line in told if line.startswith(("people", "the page", "kestrel was on", "kestrel was free"))] == [
        "people were paged that nobody was left to ask",
        "the page that nobody was left to ask was acknowledged by desk-1, after it was sent once",
        "kestrel was on the way",
        "kestrel was on scene",
        "kestrel was free again: cleared",
    ]
    assert told[-1] == "the dispatch was closed: its incident was closed"


async def test_an_explanation_tells_what_news_of_the_incident_changed(alone: AlertsAlone) -> None:
    await alone.world.on_duty("heron", km=0.2)
    incident = await alone.incident()
    place = {"lat": ALDER[0] + 0.01, "lon": ALDER[1]}
    async with alone.world.alerts_db.transaction() as tx:
        known = (await tx.row("SELECT incident FROM dispatches WHERE incident_id = :id", id=incident))["incident"]
    await becomes(alone, incident, active_threat=True)
    await becomes(alone, incident, place=known["place"] | place)
    await becomes(alone, incident, state="closed")
    await becomes(alone, incident, state="activated")
    found = await alone.world.explain(incident)
    assert [one["action"] for one in found["happened"]] == ["threat", "relocate", "reopen"]
    news = [line[20:] for line in found["words"] if "incident" in line[20:36] or "threat" in line]
    assert news[:2] == [
        "there was said to be an active threat: whoever was asked or sent was told",
        "the incident was said to have happened elsewhere: whoever was asked or sent was told",
    ]
    assert news[2].startswith("the incident came back: the dispatch had ended at 20")
    assert found["ended"] is None
