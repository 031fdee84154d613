"""What a person corrects: place, facts, scene. Each with why, kept with before and after, and told to the others."""

from typing import Any

import pytest

from shared.persistence.transaction import Row
from tests.support.intake import Intake, ago, point_in

THERE = point_in("southwest-south")
FAR_AWAY = {"lat": 51.5, "lon": 0.1}


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


async def newest_event(intake: Intake) -> dict[str, Any]:
    async with intake.db.transaction() as tx:
        row = await tx.row("SELECT convert_from(value, 'UTF8')::jsonb AS event FROM outbox ORDER BY id DESC LIMIT 1")
    event: dict[str, Any] = row["event"]
    return event


async def newest_decision(intake: Intake, incident_id: str) -> Row:
    async with intake.db.transaction() as tx:
        return await tx.row(
            "SELECT decision, reason, before, after FROM decisions "
            "WHERE incident_id = :id ORDER BY version DESC LIMIT 1",
            id=incident_id,
        )


async def test_relocating_derives_the_areas_anew_and_says_where_it_was(intake: Intake) -> None:
    taken = await intake.taken(location=point_in("park-view") | {"accuracy_m": 200.0})
    incident_id, was = taken["incident_id"], taken["incident"]
    body = {"location": THERE | {"accuracy_m": 5.0}, "reason": "address_known"}
    after = (await intake.decide(incident_id, "relocate", body)).json()
    assert (after["community"]["area_id"], after["place"]) == ("southwest-south", THERE | {"accuracy_m": 5.0})
    assert (after["ward"], after["state"], after["version"]) == ("ward-6", "activated", 3)
    assert after["ward"] != was["ward"]
    event = await newest_event(intake)
    assert (event["was_community"], event["was_ward"], event["by_areas"]) == ("park-view", was["ward"], False)
    assert event["was_cluster"] == was["cluster"] != after["cluster"]
    kept = await newest_decision(intake, incident_id)
    assert (kept["decision"], kept["reason"]) == ("relocate", "address_known")
    assert (kept["before"]["community"], kept["after"]["community"]) == ("park-view", "southwest-south")
    assert (kept["before"]["accuracy_m"], kept["after"]["accuracy_m"]) == (200.0, 5.0)
    again = await intake.decide(incident_id, "relocate", body)
    assert (again.status_code, again.json()["version"]) == (200, 3)


async def test_an_incident_may_turn_out_to_be_in_no_community(intake: Intake) -> None:
    incident_id = (await intake.taken())["incident_id"]
    body = {"location": {"lat": 38.8895, "lon": -77.035}, "reason": "geocoding_error"}
    assert (await intake.decide(incident_id, "relocate", body)).json()["community"] is None


async def test_victims_weapon_and_who_was_involved_how_are_corrected_alone(intake: Intake) -> None:
    incident_id = (await intake.taken(killed=None))["incident_id"]
    body = {"injured": 2, "juvenile_involved": True, "weapon": "knife", "relationship": "group"}
    after = (await intake.decide(incident_id, "reclassify", body | {"reason": "police_finding"})).json()
    assert {name: after[name] for name in body} == body
    assert after["kind"] == "shooting"
    kept = await newest_decision(intake, incident_id)
    assert kept["before"] == {"injured": 1, "juvenile_involved": None, "weapon": "firearm", "relationship": "unknown"}
    assert kept["after"] == body


async def test_the_scene_says_whether_there_is_a_threat_and_the_police_alone_say_neither(intake: Intake) -> None:
    said = {"source_ref": "scene-1", "occurred_at": ago(minutes=5)}
    incident_id = (await intake.taken(active_threat=True, **said))["incident_id"]

    async def scene(status: str) -> tuple[str, bool]:
        answer = (await intake.decide(incident_id, "scene", {"status": status, "reason": "told_from_scene"})).json()
        return answer["scene_status"], answer["active_threat"]

    assert (await intake.shown(incident_id))["scene_status"] == "active_threat"
    assert await scene("police_on_scene") == ("police_on_scene", True)
    assert await scene("clear") == ("clear", False)
    assert await scene("police_on_scene") == ("police_on_scene", False)
    assert (await newest_event(intake))["was_scene_status"] == "clear"
    await intake.taken(active_threat=True, injured=2, **said)
    told = await intake.shown(incident_id)
    assert (told["scene_status"], told["active_threat"]) == ("active_threat", True)
    before = (await intake.shown(incident_id))["version"]
    assert await scene("active_threat") == ("active_threat", True)
    assert (await intake.shown(incident_id))["version"] == before + 1, "said again it is told again"


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("relocate", {"location": FAR_AWAY, "reason": "other"}, "/location"),
        ("relocate", {"location": {"lat": "cana4ry", "lon": 1.0}, "reason": "other"}, "/location/lat"),
        ("relocate", {"reason": "other"}, "/location"),
        ("relocate", {"location": THERE}, "/reason"),
        ("relocate", {"location": THERE, "reason": "cana4ry"}, "/reason"),
        ("scene", {"status": "unknown", "reason": "other"}, "/status"),
        ("scene", {"status": "cana4ry", "reason": "other"}, "/status"),
        ("scene", {"status": "clear"}, "/reason"),
        ("scene", {"status": "clear", "reason": "other", "note": "cana4ry"}, "/note"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused_and_changes_nothing(
    intake: Intake, verb: str, body: dict[str, Any], pointer: str
) -> None:
    incident_id = (await intake.taken())["incident_id"]
    answer = await intake.decide(incident_id, verb, body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])
    assert "cana4ry" not in answer.text
    assert (await intake.shown(incident_id))["version"] == 2
