"""How an incident came to be what it is: every report, decision, correction and step of policy, in order."""

from typing import Any
from uuid import uuid4

import pytest

from tests.integration.intake.test_one_truth import off
from tests.support.intake import Intake, ago, dc_document, point_in


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


async def timeline(intake: Intake, incident_id: str, limit: int = 100) -> list[dict[str, Any]]:
    found, address = list[dict[str, Any]](), f"/v1/incidents/{incident_id}/timeline?limit={limit}"
    while address:
        answer = await intake.staff().get(address)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    return found


async def test_a_timeline_holds_every_report_decision_correction_and_step_of_policy_in_order(intake: Intake) -> None:
    said = {"source_ref": "line-1", "occurred_at": ago(minutes=7)}
    taken = await intake.taken(killed=0, **said)
    incident_id = taken["incident_id"]
    told = await intake.taken(killed=1, **said)
    place = {"location": point_in("southwest-south"), "reason": "address_known"}
    await intake.decide(incident_id, "relocate", place)
    await intake.decide(incident_id, "scene", {"status": "clear", "reason": "told_from_scene"})
    await intake.decide(incident_id, "verify", role="supervisor")
    await intake.decide(incident_id, "close")
    await intake.decide(incident_id, "reopen", {"reason": "new_information"})
    found = await timeline(intake, incident_id)
    assert [(one["what"], one["decided_as"], one["reason"]) for one in found] == [
        ("report", None, None),
        ("open", None, None),
        ("activate", "policy", "within_policy"),
        ("report", None, None),
        ("reclassify", "policy", "reported"),
        ("relocate", "dispatcher", "address_known"),
        ("update_scene", "dispatcher", "told_from_scene"),
        ("verify", "supervisor", None),
        ("close", "dispatcher", None),
        ("reopen", "dispatcher", "new_information"),
    ]
    assert [one["report_id"] for one in found if one["what"] == "report"] == [taken["report_id"], told["report_id"]]
    assert {one["source_kind"] for one in found if one["what"] == "report"} == {"police"}
    assert (found[4]["before"], found[4]["after"]) == ({"kind": "shooting"}, {"kind": "homicide"})
    assert (found[6]["before"], found[6]["after"]) == ({"scene_status": "unknown"}, {"scene_status": "clear"})
    assert found[7]["decided_by"] == "a-supervisor"
    assert (found[9]["before"], found[9]["after"]) == ({"state": "closed"}, {"state": "activated"})
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)
    assert await timeline(intake, incident_id, limit=1) == await timeline(intake, incident_id, limit=3) == found


async def test_what_policy_turned_away_says_why_and_stays_in_the_timeline_when_it_comes_back(intake: Intake) -> None:
    incident_id = (await intake.taken(relationship="intimate_partner"))["incident_id"]
    await intake.decide(incident_id, "reclassify", {"relationship": "group", "reason": "police_finding"})
    await intake.decide(incident_id, "reopen", {"reason": "decided_wrongly"})
    found = await timeline(intake, incident_id)
    assert [(one["what"], one["decided_as"]) for one in found] == [
        ("report", None),
        ("open", None),
        ("screen_out", "policy"),
        ("reclassify", "dispatcher"),
        ("reopen", "dispatcher"),
        ("activate", "policy"),
    ]
    assert (found[2]["reason"], found[2]["after"]["route"]) == ("out_of_scope", "dc_victim_hotline")
    assert found[4]["before"]["route"] == "dc_victim_hotline"


async def test_what_a_source_took_back_and_what_it_was_taken_for_is_part_of_it(bare_intake: Intake) -> None:
    await bare_intake.load(dc_document())
    intake, sensor = bare_intake, bare_intake.source("sensor")
    one = (await intake.taken(source_ref="back-1", by=sensor))["incident_id"]
    other = (await intake.taken(by=intake.source("resident"), location=off(400)))["incident_id"]
    await sensor.post("/v1/reports:withdraw", json={"source_ref": "back-1"}, headers={"Idempotency-Key": "k1"})
    await intake.decide(one, "uphold")
    answer = await intake.decide(one, "not-duplicate", {"other_id": other, "reason": "other_people"})
    assert answer.status_code < 300, answer.text
    found = await timeline(intake, one)
    assert [entry["what"] for entry in found] == ["report", "open", "doubt", "withdraw", "uphold", "tell_apart"]
    assert found[3]["report_id"] == found[4]["report_id"] == found[0]["report_id"]
    assert (found[4]["decided_by"], found[5]["decided_by"]) == ("a-dispatcher", "a-dispatcher")
    assert found[2]["after"] == found[5]["after"] == {"other": other}
    assert await timeline(intake, one, limit=1) == found


async def test_a_merge_and_a_split_say_with_what_and_which_reports_went(intake: Intake) -> None:
    here, there = [
        await intake.taken(source_ref=f"m-{uuid4()}", location=point_in(where)) for where in ("park-view", "petworth")
    ]
    kept, lost = here["incident_id"], there["incident_id"]
    more = await intake.taken(source_ref="m-more", location=point_in("southwest-south"))
    for one in (lost, more["incident_id"]):
        merge = await intake.decide(one, "merge", {"into": kept, "reason": "same_event"})
        assert merge.status_code == 200, merge.text
    merges = [one for one in await timeline(intake, kept) if one["what"] == "merge"]
    assert [(one["incident_id"], one["after"]["other"]) for one in merges if one["incident_id"] == kept] == [
        (kept, lost),
        (kept, more["incident_id"]),
    ]
    assert {one["after"]["other"] for one in merges if one["incident_id"] != kept} == {kept}
    moved = {"reports": [there["report_id"]], "reason": "other_people"}
    assert (await intake.decide(kept, "split", moved)).status_code == 200
    remains = [one for one in await timeline(intake, kept) if one["what"] == "split"][-1]
    back = [one for one in await timeline(intake, lost) if one["what"] == "reopen"][-1]
    told = {"reports": [there["report_id"]]}
    assert {name: remains["after"][name] for name in ("other", "reports")} == told | {"other": lost}
    assert {name: back["after"][name] for name in ("other", "reports")} == told | {"other": kept}
    off = await intake.decide(kept, "split", {"reports": [here["report_id"]], "reason": "other_people"})
    new = off.json()["split_off"]["incident_id"]
    opened = next(one for one in await timeline(intake, new) if one["what"] == "split")
    assert (opened["after"]["other"], opened["after"]["reports"]) == (kept, [here["report_id"]])


async def test_a_timeline_shows_no_words_and_is_the_offices_alone(intake: Intake) -> None:
    incident_id = (await intake.taken(source_ref="w0rds"))["incident_id"]
    path = f"/v1/incidents/{incident_id}/timeline"
    assert "w0rds" not in (await intake.staff("auditor").get(path)).text
    for client in (intake.source(), intake.staff("interrupter"), intake.staff("analyst")):
        assert (await client.get(path)).status_code == 403
    assert (await intake.staff().get(f"/v1/incidents/{uuid4()}/timeline")).status_code == 404
    restricted = {"restricted": True, "reason": "safety"}
    await intake.decide(incident_id, "visibility", restricted, role="supervisor")
    assert (await intake.staff().get(path)).status_code == 404
    assert (await intake.staff("supervisor").get(path)).status_code == 200
    for cursor in ("cana4ry", "WyIxIiwgIjIiLCAiMyIsICI0Il0"):
        answer = await intake.staff("supervisor").get(f"{path}?cursor={cursor}")
        assert (answer.status_code, "cana4ry" in answer.text) == (400, False)
