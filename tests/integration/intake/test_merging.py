"""Two incidents become one, and what was taken for one becomes two again, with nothing lost either way."""

from datetime import datetime, timedelta
from typing import Any

from tests.integration.intake.test_one_truth import ids, off
from tests.support.intake import Intake, a_report, ago, point_in


async def merged(intake: Intake, incident: str, into: str, role: str = "dispatcher") -> dict[str, Any]:
    answer = await intake.decide(incident, "merge", {"into": into, "reason": "same_event"}, role=role)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def split(intake: Intake, incident: str, *reports: dict[str, Any], role: str = "dispatcher") -> dict[str, Any]:
    body = {"reports": [one["report_id"] for one in reports], "reason": "other_people"}
    answer = await intake.decide(incident, "split", body, role=role)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_survivor_has_all_that_the_merged_one_had_and_it_can_be_brought_back(intake: Intake) -> None:
    resident, hospital = intake.source("resident"), intake.source("hospital")
    kept = await intake.taken(by=resident, source_ref="r1", kind="shots_fired", injured=None)
    lost = await intake.taken(by=hospital, source_ref="h1", location=off(400), injured=3, juvenile_involved=True)
    one, other = kept["incident_id"], lost["incident_id"]
    survivor = await merged(intake, other, one)
    assert (survivor["incident_id"], survivor["state"], survivor["kind"], survivor["injured"]) == (
        one,
        "activated",
        "shooting",
        3,
    )
    assert (survivor["report_count"], survivor["sources"], survivor["verification"]) == (
        2,
        ["resident", "hospital"],
        "corroborated",
    )
    assert survivor["activated_at"] == lost["incident"]["activated_at"], "it is measured from where it began"
    gone = await intake.shown(other)
    assert (gone["state"], gone["merged_into"], gone["possible_duplicates"]) == ("merged", one, [])
    assert [name for name, _ in await intake.events(one)][-3:] == ["corroborated", "reclassified", "activated"]
    assert (await intake.events(other))[-1][0] == "merged"
    later = await intake.taken(by=hospital, source_ref="h1", location=off(400), injured=4)
    assert later["incident_id"] == one, "a merged one's source goes on with the survivor"
    assert [seen["source_kind"] for seen in (await intake.shown(one))["reports"]] == [
        "resident",
        "hospital",
        "hospital",
    ]
    assert (await hospital.get(f"/v1/incidents/{one}")).json()["state"] == "activated"

    again = await split(intake, one, lost, later)
    back, remains = again["split_off"], again["incident"]
    assert (back["incident_id"], back["state"], back["injured"], back["report_count"]) == (other, "activated", 4, 2)
    assert (back["merged_into"], back["activated_at"]) == (None, lost["incident"]["activated_at"])
    assert (remains["kind"], remains["injured"], remains["sources"]) == ("shots_fired", None, ["resident"])
    assert (remains["verification"], remains["juvenile_involved"]) == ("unverified", None)
    assert (await intake.events(other))[-1][0] == "reopened"
    assert [name for name, _ in await intake.events(one)][-2:] == ["split", "reclassified"]
    assert (await intake.shown(one))["possible_duplicates"] == [], "a person has told them apart"


async def test_a_report_attached_by_mistake_becomes_an_incident_of_its_own_judged_as_new(intake: Intake) -> None:
    first = await intake.taken(by=intake.source("sensor"), kind="shots_fired", injured=None)
    second = await intake.taken(by=intake.source("police"), source_ref="22118279", location=off(120), injured=2)
    assert ids([first, second]) == {first["incident_id"]}
    again = await split(intake, first["incident_id"], second)
    own, remains = again["split_off"], again["incident"]
    assert own["incident_id"] != first["incident_id"]
    assert (own["state"], own["kind"], own["injured"], own["sources"]) == ("activated", "shooting", 2, ["police"])
    assert own["place"]["lat"] == off(120)["lat"]
    assert (remains["kind"], remains["injured"], remains["report_count"]) == ("shots_fired", None, 1)
    assert [name for name, _ in await intake.events(own["incident_id"])] == ["opened", "activated"]
    more = await intake.taken(by=intake.source("police"), source_ref="22118279", killed=1)
    assert more["incident_id"] == own["incident_id"], "its source goes on with what was split off"


async def test_whose_report_was_split_off_is_a_second_voice_when_it_tells_of_what_remains(intake: Intake) -> None:
    """Whoever opened it has no part in what remains: its facts are another's."""
    hospital = intake.source("hospital")
    wrong = await intake.taken(by=hospital, source_ref="h1-n0-w0rds")
    own = await intake.taken(by=intake.source("police"), source_ref="22118279", location=off(120))
    incident = wrong["incident_id"]
    assert own["incident_id"] == incident
    assert (await split(intake, incident, wrong))["incident"]["verification"] == "single_source"
    again = await intake.taken(by=hospital, source_ref="h2", location=off(120))
    assert again["incident"] == {"incident_id": incident, "state": "activated"}
    assert (await intake.shown(incident))["verification"] == "corroborated"
    timeline = await intake.staff().get(f"/v1/incidents/{incident}/timeline")
    assert "h1-n0-w0rds" not in timeline.text


async def test_what_a_person_corrected_stays_and_time_and_place_are_those_of_what_remains(intake: Intake) -> None:
    at = ago(minutes=14)
    first = await intake.taken(by=intake.source("sensor"), occurred_at=at, kind="shots_fired", injured=None)
    second = await intake.taken(by=intake.source("resident"), location=off(200), injured=5)
    incident = first["incident_id"]
    corrected = {"juvenile_involved": True, "reason": "police_finding"}
    assert (await intake.decide(incident, "reclassify", corrected)).status_code == 200
    remains = (await split(intake, incident, first))["incident"]
    assert (remains["juvenile_involved"], remains["injured"]) == (True, 5)
    assert (remains["place"]["lat"], remains["kind"]) == (off(200)["lat"], "shooting")
    occurred = datetime.fromisoformat(remains["occurred_at"])
    assert occurred > datetime.fromisoformat(at)
    until = datetime.fromisoformat((await intake.shown(incident))["activatable_until"])
    assert until - occurred == timedelta(hours=6), "nobody is paged for longer, or less long, than for what remains"
    assert second["incident_id"] == incident


async def test_a_merge_of_one_that_was_told_of_hundreds_of_times_can_be_undone_too(intake: Intake) -> None:
    sensor, kept = intake.source("sensor"), (await intake.taken())["incident_id"]
    said = [a_report(source_ref="s1", location=point_in("petworth"), injured=number) for number in range(210)]
    told = (await sensor.post("/v1/reports:batch", json={"reports": said})).json()
    (lost,) = {one["incident_id"] for one in told["results"]}
    await merged(intake, lost, kept)
    again = await split(intake, kept, *told["results"])
    assert (again["split_off"]["incident_id"], again["split_off"]["report_count"]) == (lost, 210)
    assert again["incident"]["report_count"] == 1


async def test_chains_end_at_the_root_and_each_link_can_be_undone(intake: Intake) -> None:
    told = [await intake.taken(location=off(400 * n), source_ref=f"c{n}") for n in range(3)]
    first, second, third = (one["incident_id"] for one in told)
    await merged(intake, first, second)
    await merged(intake, second, third)
    assert (await intake.taken(source_ref="c0", injured=7))["incident_id"] == third
    assert (await intake.shown(third))["report_count"] == 4
    refused = await intake.decide(third, "merge", {"into": first, "reason": "other"})
    assert (refused.status_code, refused.json()["state"]) == (409, "merged"), "no circle"
    refused = await intake.decide(first, "split", {"reports": [told[0]["report_id"]], "reason": "other"})
    assert refused.status_code == 409
    again = await split(intake, third, told[1])
    assert again["split_off"]["incident_id"] not in {first, second}, "the second had the first's reports too"
    answer = await intake.decide(third, "split", {"reports": [told[1]["report_id"]], "reason": "other"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/reports"]
    shown = await intake.shown(third)
    firsts = [{"report_id": one["report_id"]} for one in shown["reports"] if one["report_id"] != told[2]["report_id"]]
    assert (await split(intake, third, *firsts))["split_off"]["incident_id"] == first
    assert (await intake.shown(second))["merged_into"] == third, "of which nothing is left"


async def test_a_merge_keeps_what_else_may_be_the_same_and_who_did_it(intake: Intake) -> None:
    """The third is too far from the first to be like it by itself."""
    told = [await intake.taken(by=intake.source("hospital", sub=f"h{n}"), location=off(400 * n)) for n in range(3)]
    first, second, third = (one["incident_id"] for one in told)
    assert told[2]["possible_duplicate_of"] == [second]
    await merged(intake, second, first)
    assert [one["incident_id"] for one in (await intake.shown(third))["possible_duplicates"]] == [first]
    async with intake.db.transaction() as tx:
        kept = await tx.rows("SELECT incident_id, reason, decided_by FROM decisions WHERE decision = 'merge'")
    assert {str(row["incident_id"]) for row in kept} == {first, second}
    assert {(row["reason"], row["decided_by"]) for row in kept} == {("same_event", "a-dispatcher")}
    await split(intake, first, told[1])
    assert [one["incident_id"] for one in (await intake.shown(third))["possible_duplicates"]] == [second]
    assert (await intake.shown(first))["possible_duplicates"] == [], "it had that from the second alone"
    async with intake.db.transaction() as tx:
        kept = await tx.rows("SELECT decision, reason, decided_by FROM decisions ORDER BY decided_at DESC LIMIT 2")
    assert {tuple(row.values()) for row in kept} == {
        ("split", "other_people", "a-dispatcher"),
        ("reopen", "other_people", "a-dispatcher"),
    }
    entries = (await intake.staff().get(f"/v1/incidents/{first}/timeline")).json()["items"]
    assert (entries[-1]["what"], entries[-1]["reason"]) == ("tell_apart", "other_people")


async def test_a_response_that_comes_with_another_is_measured_from_where_a_person_began_it(intake: Intake) -> None:
    resident = intake.source("resident")
    kept = (await intake.taken(by=resident))["incident_id"]
    lost = (await intake.taken(by=resident, location=point_in("petworth")))["incident_id"]
    await intake.deployment.advance(minutes=5)
    began = (await intake.decide(lost, "activate")).json()["activated_at"]
    survivor = await merged(intake, lost, kept)
    assert (survivor["state"], survivor["activated_at"]) == ("activated", began)


async def test_no_response_ends_by_a_merge_and_no_drill_becomes_real(intake: Intake) -> None:
    closed = (await intake.taken(by=intake.source("hospital")))["incident_id"]
    assert (await intake.decide(closed, "close")).status_code == 200
    running = (await intake.taken(location=off(400)))["incident_id"]
    drill = (await intake.taken(location=point_in("petworth"), exercise=True))["incident_id"]
    before = await intake.counts()
    for one, into, status, why in (
        (running, closed, 409, "merge the other one into it"),
        (running, running, 422, "is the incident itself"),
        (running, drill, 422, "is a drill, and the one to be merged is real"),
        (drill, running, 422, "is real, and the one to be merged is a drill"),
    ):
        answer = await intake.decide(one, "merge", {"into": into, "reason": "same_event"})
        assert (answer.status_code, why in answer.text) == (status, True), answer.text
    assert (await intake.decide(running, "merge", {"into": running}, role="source")).status_code == 403
    assert await intake.counts() == before
    assert (await merged(intake, closed, running))["state"] == "activated"


async def test_nobody_is_paged_for_what_is_too_old_when_it_is_brought_back(intake: Intake) -> None:
    kept, lost = await intake.taken(), await intake.taken(location=off(400))
    await merged(intake, lost["incident_id"], kept["incident_id"])
    await intake.deployment.advance(hours=7)
    back = (await split(intake, kept["incident_id"], lost))["split_off"]
    assert (back["incident_id"], back["state"]) == (lost["incident_id"], "activated"), "alerts has its own age"


async def test_a_screened_out_one_comes_back_as_it_was(intake: Intake) -> None:
    kept = await intake.taken()
    lost = await intake.taken(location=off(400), relationship="family")
    assert lost["disposition"] == "screened_out"
    await merged(intake, lost["incident_id"], kept["incident_id"])
    back = (await split(intake, kept["incident_id"], lost))["split_off"]
    assert (back["state"], back["screened_out_reason"]) == ("screened_out", "out_of_scope")
    assert back["route"] == "family_and_survivor_support"
