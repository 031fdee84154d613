"""One event, one incident, however many tell of it; and what is unsure is put before a person."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from shared.kernel.geo import metres_per_degree
from tests.integration.intake.test_repeats import all_taken
from tests.support.intake import Intake, a_report, ago, point_in


def off(metres: float) -> dict[str, float]:
    """So far north of the middle of Park View."""
    point = point_in("park-view")
    return point | {"lat": point["lat"] + metres / metres_per_degree(point["lat"])[0]}


def ids(answers: list[dict[str, Any]]) -> set[str]:
    return {answer["incident_id"] for answer in answers}


async def test_what_several_sources_tell_of_one_event_is_one_incident(intake: Intake) -> None:
    at = ago(minutes=12)
    told = [
        await intake.taken(
            by=intake.source("sensor"), kind="shots_fired", occurred_at=at, injured=None, source_ref="s1"
        ),
        await intake.taken(by=intake.source("resident"), location=off(180), occurred_at=ago(minutes=8), injured=None),
        await intake.taken(by=intake.source("hospital"), location=off(90), occurred_at=ago(minutes=10), injured=2),
    ]
    assert [one["disposition"] for one in told] == ["opened", "attached", "attached"]
    (incident_id,) = ids(told)
    incident = await intake.shown(incident_id)
    assert (incident["kind"], incident["injured"], incident["report_count"]) == ("shooting", 2, 3)
    assert (incident["sources"], incident["state"]) == (["sensor", "resident", "hospital"], "activated")
    assert [name for name, _ in await intake.events(incident_id)] == [
        "opened",
        "corroborated",
        "reclassified",
        "corroborated",
        "activated",
    ]
    assert told[1]["incident"] == {"incident_id": incident_id, "state": "reported"}, "another's facts are not shown"


async def test_what_is_unsure_is_its_own_incident_activated_and_linked_on_both_sides(intake: Intake) -> None:
    first = await intake.taken(by=intake.source("hospital"))
    second = await intake.taken(location=off(400))
    assert (second["disposition"], second["incident"]["state"]) == ("opened", "activated")
    assert second["possible_duplicate_of"] == [first["incident_id"]]
    for mine, other in ((first, second), (second, first)):
        shown = await intake.shown(mine["incident_id"])
        (alike,) = shown["possible_duplicates"]
        assert (alike["incident_id"], round(alike["distance_m"])) == (other["incident_id"], 400)
        assert alike["doubts"] == ["not_close"]
        assert [one["report_id"] for one in alike["reports"]] == [other["report_id"]]
    await intake.taken(location=point_in("southwest-south"))
    listed = await intake.staff().get("/v1/incidents", params={"queue": "possible_duplicates"})
    assert ids(listed.json()["items"]) == {first["incident_id"], second["incident_id"]}


async def test_another_number_of_one_police_feed_is_never_silently_the_same(intake: Intake) -> None:
    at = ago(minutes=20)
    first = await intake.taken(source_ref="22118279", occurred_at=at)
    second = await intake.taken(source_ref="22118280", occurred_at=at)
    assert second["possible_duplicate_of"] == [first["incident_id"]]
    assert (await intake.shown(second["incident_id"]))["possible_duplicates"][0]["doubts"] == ["other_number"]
    third = await intake.taken(source_ref="22118281", occurred_at=ago(minutes=40))
    assert third["possible_duplicate_of"] == []
    burst = [await intake.taken(by=intake.source("sensor"), source_ref=f"d{n}", kind="shots_fired") for n in range(3)]
    assert len(ids(burst)) == 1, "a sensor's number is one detection"


async def test_a_case_that_the_records_tell_later_under_the_dispatchs_number_is_the_same_and_no_second_voice(
    intake: Intake,
) -> None:
    dispatch, records = intake.source("police", sub="cad"), intake.source("police", sub="records")
    first = await intake.taken(by=dispatch, source_ref="22118279", occurred_at=ago(minutes=50))
    told = {"occurred_precision": "hour", "kind": "homicide", "killed": 1, "location": off(400) | {"accuracy_m": 100}}
    later = await intake.taken(by=records, source_ref="22118279", occurred_at=ago(minutes=5), **told)
    assert (later["disposition"], later["incident_id"]) == ("attached", first["incident_id"])
    shown = await intake.shown(first["incident_id"])
    assert (shown["kind"], shown["report_count"], shown["verification"]) == ("homicide", 2, "single_source")
    another = await intake.taken(by=records, source_ref="22118280", occurred_at=ago(minutes=48))
    assert another["incident_id"] != first["incident_id"], "the records have told of it under another number"


@pytest.mark.parametrize("other", ["hospital", "police"])
async def test_a_hospitals_number_is_its_own(intake: Intake, other: str) -> None:
    first = await intake.taken(by=intake.source("hospital", sub="north"), source_ref="7", occurred_at=ago(minutes=50))
    south = intake.source(other, sub="south")
    second = await intake.taken(by=south, source_ref="7", occurred_at=ago(minutes=5), location=off(400))
    assert second["possible_duplicate_of"] == [first["incident_id"]]


async def test_one_number_in_another_ward_is_another_event(intake: Intake) -> None:
    first = await intake.taken(by=intake.source("police", sub="cad"), source_ref="12")
    far = intake.source("police", sub="transit")
    second = await intake.taken(by=far, source_ref="12", location=point_in("southwest-south"))
    assert second["incident_id"] != first["incident_id"]


async def test_what_a_desk_writes_down_of_two_numberers_and_what_has_no_number_is_put_before_a_person(
    intake: Intake,
) -> None:
    desk, call = intake.staff(), {"on_behalf_of": "police", "source_ref": "call-1"}
    first = await intake.taken(by=desk, **call, occurred_at=ago(minutes=40))
    told = (
        {"on_behalf_of": "hospital", "source_ref": "patient-1"},
        {"on_behalf_of": "police"},
    )
    for metres, said in zip((280, -280), told, strict=True):
        second = await intake.taken(by=desk, **said, occurred_at=ago(minutes=15), location=off(metres))
        assert first["incident_id"] in second["possible_duplicate_of"], said
    numbered = {"on_behalf_of": "police", "source_ref": "call-2"}
    third = await intake.taken(by=desk, **numbered, occurred_at=ago(minutes=15), location=off(-560))
    assert third["possible_duplicate_of"] == [second["incident_id"]], "which has no number; the first has another"


async def test_a_screened_out_incident_swallows_nothing_and_a_closed_one_learns(intake: Intake) -> None:
    screened = await intake.taken(by=intake.source("resident"))
    body = {"reason": "unfounded"}
    assert (await intake.decide(screened["incident_id"], "screen-out", body)).status_code == 200
    told = await intake.taken(by=intake.source("hospital"))
    assert (told["disposition"], told["incident"]["state"]) == ("opened", "activated")
    assert told["possible_duplicate_of"] == [screened["incident_id"]]
    assert (await intake.decide(told["incident_id"], "close")).status_code == 200
    later = await intake.taken(by=intake.source("police"))
    assert (later["incident_id"], later["incident"]["state"]) == (told["incident_id"], "closed")


async def test_a_drill_near_a_real_event_is_neither_the_same_nor_like_it(intake: Intake) -> None:
    await intake.taken(by=intake.source("hospital"))
    drill = await intake.taken(by=intake.source("resident"), exercise=True)
    assert (drill["disposition"], drill["possible_duplicate_of"]) == ("opened", [])


async def test_a_source_that_was_attached_goes_on_telling_of_the_same_incident(intake: Intake) -> None:
    first = await intake.taken(by=intake.source("hospital"))
    attached = await intake.taken(source_ref="22118279")
    later = await intake.taken(source_ref="22118279", location=point_in("southwest-south"), killed=1)
    assert ids([attached, later]) == {first["incident_id"]}
    said = a_report(source_ref="22118279", injured=3)
    for _ in range(2):
        told = (await intake.post(said)).json()["incident"]
        assert told == {"incident_id": first["incident_id"], "state": "activated"}, "also where it repeats itself"
    assert (await intake.shown(first["incident_id"]))["kind"] == "homicide"
    seen = await intake.source().get(f"/v1/incidents/{first['incident_id']}")
    assert seen.json() == {"incident_id": first["incident_id"], "state": "activated"}


@pytest.mark.parametrize("metres", [0, 200])
async def test_many_sources_at_once_open_one_incident(intake: Intake, metres: float) -> None:
    kinds = ("police", "hospital", "resident", "sensor", "staff")

    async def tell(number: int) -> dict[str, Any]:
        by = intake.source(kinds[number % 5], sub=f"source-{number}")
        return await intake.taken(by=by, location=off(metres * (number % 2)), occurred_at=ago(minutes=10 + number % 3))

    told = await asyncio.gather(*(tell(number) for number in range(25)))
    assert len(ids(told)) == 1
    assert Counter(one["disposition"] for one in told) == {"opened": 1, "attached": 24}
    assert (await intake.shown(told[0]["incident_id"]))["report_count"] == 25


async def test_of_many_unsure_ones_at_once_each_is_linked_to_those_before_it(intake: Intake) -> None:
    told = await asyncio.gather(
        *(intake.taken(by=intake.source("hospital", sub=f"h{n}"), location=off(290 * n)) for n in range(3))
    )
    assert len(ids(told)) == 3
    async with intake.db.transaction() as tx:
        pairs = await tx.rows("SELECT round(distance_m) AS m FROM possible_duplicates ORDER BY 1")
    assert [pair["m"] for pair in pairs] == [290, 290, 580]


@pytest.mark.timeout(240)  # a thousand of them wait for each other: how long, is the machine's own affair
async def test_a_thousand_identical_reports_at_once_are_one_incident(intake: Intake) -> None:
    """Without a reference to know them by, and each with a key of its own."""
    body = a_report()
    answers = await all_taken(intake, body, 1000)
    assert Counter(answer.json()["disposition"] for answer in answers) == {"opened": 1, "attached": 999}
    counts = await intake.counts()
    assert (counts["incidents"], counts["reports"], counts["outbox"]) == (1, 1, 2)


async def test_who_tells_a_pair_apart_and_why_is_kept(intake: Intake) -> None:
    first = (await intake.taken(by=intake.source("hospital")))["incident_id"]
    second = (await intake.taken(location=off(400)))["incident_id"]
    body = {"other_id": first, "reason": "other_people"}
    assert (await intake.decide(second, "not-duplicate", body)).status_code == 204
    assert (await intake.decide(first, "not-duplicate", {**body, "other_id": second})).status_code == 204
    assert (await intake.shown(first))["possible_duplicates"] == []
    listed = await intake.staff().get("/v1/incidents", params={"queue": "possible_duplicates"})
    assert listed.json()["items"] == []
    async with intake.db.transaction() as tx:
        kept = await tx.row("SELECT state, reason, settled_by FROM possible_duplicates")
    assert dict(kept) == {"state": "not_duplicate", "reason": "other_people", "settled_by": "a-dispatcher"}
    assert (await intake.decide(first, "not-duplicate", {**body, "other_id": first})).status_code == 404
    assert (await intake.decide(first, "not-duplicate", body, role="source")).status_code == 403
