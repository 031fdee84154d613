"""Whose word about the scene counts, and when the same words are said anew."""

from typing import Any

import httpx

from services.alerts.usecases.dispatching.follow_incident import follow_incident
from shared.contracts.events.incidents import IncidentSceneUpdated
from shared.kernel.vocabulary import SceneStatus
from tests.integration.alerts.conftest import AlertsAlone
from tests.integration.alerts.test_merged import told_of
from tests.integration.alerts.test_practice import has_role
from tests.support.people import Interrupter


async def sees(alone: AlertsAlone, who: Interrupter, assignment: str, scene: str, **sent: str) -> httpx.Response:
    headers = alone.world.bearer("interrupter", worker=who.worker) | sent
    path = f"/v1/assignments/{assignment}/scene-report"
    return await alone.world.alerts.put(path, json={"scene": scene}, headers=headers)


async def desk_says(alone: AlertsAlone, incident: str, status: SceneStatus) -> None:
    threat = status is SceneStatus.ACTIVE_THREAT
    snapshot = await told_of(alone, incident, scene_status=status, active_threat=threat)
    async with alone.world.alerts_db.transaction() as tx:
        event = IncidentSceneUpdated(at=await tx.now(), incident=snapshot, was_scene_status=SceneStatus.UNKNOWN)
        await follow_incident(tx, event)


async def stage_only(alone: AlertsAlone, incident: str) -> Any:
    return (await alone.world.dispatch(incident))["stage_only"]


async def test_a_request_sent_again_after_the_desks_word_does_not_lift_the_danger(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    incident = await alone.incident()
    there = await has_role(alone, heron, incident)
    await heron.does(there, "on-scene")
    key = {"Idempotency-Key": "tap-1"}
    first = await sees(alone, heron, there, "clear", **key)
    await desk_says(alone, incident, SceneStatus.ACTIVE_THREAT)
    again = await sees(alone, heron, there, "clear", **key)
    assert (again.status_code, again.json(), again.headers["ETag"]) == (200, first.json(), '"1"')
    assert await stage_only(alone, incident) is True
    assert (await sees(alone, heron, there, "clear", **{"Idempotency-Key": "tap-2"})).headers["ETag"] == '"2"'
    assert await stage_only(alone, incident) is False


async def test_only_whoever_is_on_scene_lifts_the_danger_and_anybody_assigned_tells_of_it(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    incident = await alone.incident()
    mine = await has_role(alone, heron, incident)
    assert (await sees(alone, heron, mine, "active_threat")).status_code == 200
    assert await stage_only(alone, incident) is True
    for state, step in (("accepted", "en-route"), ("en_route", "on-scene")):
        refused = await sees(alone, heron, mine, "clear")
        assert (refused.status_code, refused.json()["state"]) == (409, state)
        assert refused.json()["detail"] == "only whoever is on scene can say that it is clear"
        await heron.does(mine, step)
    assert await stage_only(alone, incident) is True
    assert [one["number"] for one in (await alone.world.explain(incident))["scene_reports"]] == [1]
    assert (await sees(alone, heron, mine, "clear")).status_code == 200
    assert await stage_only(alone, incident) is False
    await heron.does(mine, "clear")
    assert (await sees(alone, heron, mine, "clear")).headers["ETag"] == '"2"', "the same request sent again"
    assert (await sees(alone, heron, mine, "active_threat")).status_code == 200
    assert await stage_only(alone, incident) is True
    assert (await sees(alone, heron, mine, "clear")).status_code == 409
    assert await stage_only(alone, incident) is True
