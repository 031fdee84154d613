"""EIDO, CAP and bursts of detections come in by the door that everybody uses; what is taken back asks a person."""

from typing import Any

import httpx

from services.intake.usecases.watch_queues import watch_queues
from tests.support.intake import NOTHING, Intake, ago
from tests.unit.intake.feed_messages import cap, cap_info, detection, eido, eido_incident

REFERENCE = "alerts@police.example,TRUCE-2026-0007"


async def send_cap(intake: Intake, raw: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/cap+xml"}
    return await intake.source().post("/v1/reports/cap-alerts", content=raw, headers=headers)


async def queue(intake: Intake) -> list[str]:
    answer = await intake.staff().get("/v1/incidents", params={"queue": "withdrawn"})
    assert answer.status_code == 200, answer.text
    return [one["incident_id"] for one in answer.json()["items"]]


async def alarm(intake: Intake) -> list[str]:
    async with intake.db.transaction() as tx:
        await watch_queues(tx)
        return [row["state"] for row in await tx.rows("SELECT state FROM alarms WHERE alarm = 'report_withdrawn'")]


def alert(**parts: str) -> bytes:
    return cap(cap_info(onset=ago(minutes=9)), **{"sent": ago(minutes=5)} | parts)


def cancel(identifier: str = "TRUCE-2026-0007") -> bytes:
    references = f"alerts@police.example,{identifier},{ago(minutes=5)}"
    return cap("", identifier="TRUCE-2026-0099", sent=ago(minutes=1), msgType="Cancel", references=references)


async def test_an_alert_opens_its_update_attaches_and_its_cancel_asks_a_person(intake: Intake) -> None:
    opened = await send_cap(intake, alert())
    assert opened.status_code == 200, opened.text
    (result,) = opened.json()["results"]
    assert (result["status"], result["disposition"]) == (201, "opened")
    references = f"{REFERENCE},{ago(minutes=5)}"
    update = alert(identifier="TRUCE-2026-0008", msgType="Update", references=references, sent=ago(minutes=3))
    assert (await send_cap(intake, update)).json()["results"][0]["incident_id"] == result["incident_id"]

    for _ in range(2):
        (taken_back,) = (await send_cap(intake, cancel())).json()["results"]
        assert (taken_back["disposition"], taken_back["incident_id"]) == ("withdrawn", result["incident_id"])
    assert (await intake.shown(result["incident_id"]))["state"] == "activated"
    assert await queue(intake) == [result["incident_id"]]
    waiting = {one["queue"]: one["count"] for one in (await intake.staff().get("/v1/queues")).json()["queues"]}
    assert waiting["withdrawn"] == 1
    assert await alarm(intake) == ["raised"]

    assert (await intake.decide(result["incident_id"], "uphold")).status_code == 204
    assert (await queue(intake), await alarm(intake)) == ([], ["cleared"])
    await send_cap(intake, cancel())
    assert await queue(intake) == [result["incident_id"]]
    await intake.decide(result["incident_id"], "screen-out", {"reason": "unfounded"})
    assert (await queue(intake), await alarm(intake)) == ([], ["cleared"])


async def test_what_was_taken_back_of_a_screened_out_one_is_kept_and_asks_when_it_is_brought_back(
    intake: Intake,
) -> None:
    incident = (await intake.taken(source_ref="back-2", relationship="family"))["incident_id"]
    answer = await intake.source().post("/v1/reports:withdraw", json={"source_ref": "back-2"})
    assert answer.json()["results"][0]["disposition"] == "withdrawn"
    assert (await queue(intake), await alarm(intake)) == ([], [])
    entries = (await intake.staff().get(f"/v1/incidents/{incident}/timeline")).json()["items"]
    assert [one["what"] for one in entries] == ["report", "open", "screen_out", "withdraw"]
    assert (await intake.decide(incident, "reopen", {"reason": "new_information"})).status_code == 200
    assert (await queue(intake), await alarm(intake)) == ([incident], ["raised"])


async def test_what_was_taken_back_of_a_merged_one_asks_for_the_one_that_goes_on(intake: Intake) -> None:
    elsewhere = {"lat": 38.9, "lon": -77.02}
    kept = (await intake.taken(by=intake.source("hospital"), location=elsewhere))["incident_id"]
    lost = await intake.taken(source_ref="back-3")
    assert (await intake.decide(lost["incident_id"], "merge", {"into": kept, "reason": "other"})).status_code == 200
    answer = await intake.source().post("/v1/reports:withdraw", json={"source_ref": "back-3"})
    assert answer.json()["results"][0]["incident_id"] == kept
    assert (await queue(intake), await alarm(intake)) == ([kept], ["raised"])
    apart = {"reports": [lost["report_id"]], "reason": "merged_wrongly"}
    assert (await intake.decide(kept, "split", apart)).status_code == 200
    assert await queue(intake) == [lost["incident_id"]], "what is taken back goes where the report goes"
    assert (await intake.decide(lost["incident_id"], "close")).status_code == 200
    assert (await queue(intake), await alarm(intake)) == ([], ["cleared"]), "nothing of it goes on"


async def test_what_nobody_reported_cannot_be_taken_back_and_only_its_own_source_takes_back(intake: Intake) -> None:
    unknown = await send_cap(intake, cancel("NEVER-SENT"))
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/alert/references")
    taken = await intake.taken(source_ref="22118279")
    said = {"source_ref": "22118279"}
    foreign = await intake.source("hospital").post("/v1/reports:withdraw", json=said)
    assert foreign.status_code == 422
    own = await intake.source().post("/v1/reports:withdraw", json=said)
    assert own.json()["results"][0]["report_id"] == taken["report_id"]
    assert (await intake.decide(taken["incident_id"], "uphold", role="program_office")).status_code == 403


async def test_a_drill_is_a_drill_and_raises_nothing(intake: Intake) -> None:
    (result,) = (await send_cap(intake, alert(status="Exercise"))).json()["results"]
    assert (await intake.shown(result["incident_id"]))["exercise"] is True
    await send_cap(intake, cancel())
    assert (await queue(intake), await alarm(intake)) == ([result["incident_id"]], [])


async def test_what_cannot_be_read_is_a_problem_that_leaves_nothing(intake: Intake) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><alert>&b;</alert>'
    for raw, pointer in (
        (bomb, "/alert"),
        (cap(status="Test"), "/alert/status"),
        (cap(cap_info(onset="1970-01-01T00:00:00Z")), "/alert/info/onset"),
    ):
        refused = await send_cap(intake, raw)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
        assert refused.headers["Content-Type"] == "application/problem+json"
    swapped = cap(cap_info(onset=ago(minutes=9), area="<circle>-77.02,38.93 0.2</circle>"), sent=ago(minutes=5))
    assert (await send_cap(intake, swapped)).json()["errors"][0]["pointer"] == "/alert/info/area"
    future = cap(cap_info(onset=ago(hours=-2)), sent=ago(minutes=1))
    assert (await send_cap(intake, future)).json()["errors"][0]["pointer"] == "/alert/info/onset"
    assert (await send_cap(intake, b"x" * 70_000)).status_code == 413
    assert await intake.counts() == NOTHING


async def test_each_incident_of_an_eido_is_a_report_and_a_broken_one_loses_no_good_one(intake: Intake) -> None:
    document = eido(
        incidentComponent=[eido_incident(incidentTypeCommonRegistryText="Fire"), eido_incident()],
        callComponent=[{"callStartTimestamp": ago(minutes=4)}],
    )
    answer = await intake.source().post("/v1/reports/eidos", json=document)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["results"]
    assert (first["status"], first["errors"][0]["pointer"]) == (
        422,
        "/incidentComponent/0/incidentTypeCommonRegistryText",
    )
    assert (await intake.shown(second["incident_id"]))["kind"] == "shooting"
    document["incidentComponent"] = eido_incident(incidentStatusCommonRegistryText=["Canceled"])
    (taken_back,) = (await intake.source().post("/v1/reports/eidos", json=document)).json()["results"]
    assert taken_back["disposition"] == "withdrawn"
    assert (await intake.source().post("/v1/reports/eidos", json=[])).status_code == 422


async def test_a_fresh_shooting_beside_an_old_one_and_a_test_call_in_one_eido_is_responded_to(intake: Intake) -> None:
    names = ("old", "fresh", "drill")
    document = eido(
        incidentComponent=[
            eido_incident(**{"$id": f"{name}-id", "incidentTrackingIdentifier": name, "lastUpdateTimeStamp": at})
            for name, at in zip(names, (ago(hours=7), ago(minutes=2), ago(minutes=2)), strict=True)
        ],
        callComponent=[
            {"$id": "1", "callStartTimestamp": ago(hours=7), "incidentReference": {"$ref": "old-id"}},
            {"$id": "2", "callStartTimestamp": ago(minutes=4)},
            {
                "$id": "3",
                "callStartTimestamp": ago(minutes=3),
                "standardPrimaryCallType": "test",
                "incidentReference": {"$ref": "#drill-id"},
            },
        ],
    )
    results = (await intake.source().post("/v1/reports/eidos", json=document)).json()["results"]
    shown = [await intake.shown(one["incident_id"]) for one in results]
    assert [(one["state"], one["exercise"]) for one in shown] == [
        ("reported", False),
        ("activated", False),
        ("activated", True),
    ]


async def test_six_hundred_detections_in_an_hour_are_few_incidents_however_they_come(intake: Intake) -> None:
    def shots(first: int, count: int) -> dict[str, Any]:
        return {
            "detections": [
                detection(at=ago(minutes=61, seconds=-6 * number), lat=38.9312 if number % 2 else 38.87)
                for number in range(first, first + count)
            ]
        }

    sensor = intake.source("sensor")
    at_once = await sensor.post("/v1/reports/gunshots", json=shots(0, 600))
    assert (at_once.status_code, at_once.json()["taken"]) == (200, 2)
    for first in range(0, 600, 50):
        assert (await sensor.post("/v1/reports/gunshots", json=shots(first, 50))).status_code == 200
    assert (await intake.counts())["incidents"] <= 12
    outside = [detection(at=ago(minutes=3), lat=48.85, lon=2.35), detection(at=ago(minutes=4), lat=48.85, lon=2.35)]
    good_and_bad = {"detections": [*outside, detection(at=ago(minutes=2)), detection(lat="38.9")]}
    answer = (await sensor.post("/v1/reports/gunshots", json=good_and_bad)).json()
    told = [
        (one["status"], one["index"], [fault["pointer"] for fault in one.get("errors", [])])
        for one in answer["results"]
    ]
    assert told == [(422, 1, ["/location"]), (201, 2, []), (422, 3, ["/detections/3/lat"])]
