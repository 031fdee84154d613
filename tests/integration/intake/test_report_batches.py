"""Several reports at once: each by itself, a bad one loses no good one, and sending them again adds nothing."""

import json
from typing import Any

import httpx

from services.intake.api.report_batches import MAX_REPORTS, MOST_ANSWERED
from tests.integration.intake.test_bad_reports import FIELDS, report_with
from tests.support.intake import NOTHING, Intake, a_report, ago, point_in


async def post(intake: Intake, reports: list[Any], by: httpx.AsyncClient | None = None) -> httpx.Response:
    return await (by or intake.source()).post("/v1/reports:batch", json={"reports": reports})


async def test_each_is_answered_in_its_place_and_a_bad_one_loses_no_good_one(intake: Intake) -> None:
    answer = await post(
        intake,
        [
            a_report(source_ref="1"),
            a_report(source_ref="2", kind="party"),
            a_report(source_ref="3", relationship="intimate_partner"),
            a_report(source_ref="4", location=point_in("park-view") | {"lat": "38.9"}, injured=-1),
            a_report(),
            a_report(source_ref="5", occurred_at=ago(hours=-1)),
            "not a report",
            a_report(source_ref="1", injured=3),
            a_report(source_ref="6", on_behalf_of="police"),
        ],
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["taken"], body["refused"]) == (3, 6)
    results = body["results"]
    assert [one["index"] for one in results] == list(range(9))
    assert [one["status"] for one in results] == [201, 422, 201, 422, 422, 422, 422, 201, 422]
    assert [one["disposition"] for one in results if one["status"] == 201] == ["opened", "screened_out", "attached"]
    assert results[7]["incident_id"] == results[0]["incident_id"]
    assert results[2]["tell_the_caller"]
    pointers = {one["index"]: [error["pointer"] for error in one["errors"]] for one in results if one["errors"]}
    assert pointers == {
        1: ["/kind"],
        3: ["/location/lat", "/injured"],
        4: ["/source_ref"],
        5: ["/occurred_at"],
        6: [""],
        8: ["/on_behalf_of"],
    }
    assert "party" not in answer.text
    assert "not a report" not in answer.text
    assert ((await intake.counts())["incidents"], (await intake.counts())["reports"]) == (2, 3)


async def test_sent_again_it_adds_nothing_and_one_of_it_sent_alone_is_the_same_report(intake: Intake) -> None:
    reports = [a_report(source_ref=f"case-{number}") for number in range(5)]
    first = (await post(intake, reports)).json()
    before = await intake.counts()
    again = (await post(intake, reports)).json()
    alone = (await intake.post(reports[2])).json()
    told = [(one["report_id"], one["incident_id"]) for one in first["results"]]
    assert [(one["report_id"], one["incident_id"]) for one in again["results"]] == told
    assert (alone["report_id"], alone["incident_id"]) == told[2]
    assert await intake.counts() == before | {"idempotency_keys": 1}


async def test_what_is_beyond_the_limit_is_refused_one_by_one_and_loses_nothing_before_it(intake: Intake) -> None:
    broken: list[Any] = [{}] * (MOST_ANSWERED - 1)
    many = (await post(intake, [a_report(source_ref="first"), *broken])).json()
    assert (many["taken"], many["refused"], len(many["results"])) == (1, 9_999, 10_000)
    assert [one["index"] for one in many["results"]] == list(range(10_000))
    ended = [one["index"] for one in many["results"] if "send it again" in str(one["errors"])]
    assert ended == list(range(MAX_REPORTS, 10_000))
    more = await post(intake, [a_report(source_ref="second"), *broken, {}])
    assert (more.status_code, more.json()["errors"][0]["pointer"]) == (422, "/reports")
    assert str(MOST_ANSWERED) in more.json()["errors"][0]["detail"]
    assert (await intake.counts())["reports"] == 1


async def test_more_bytes_than_it_takes_are_refused_whole_with_the_limit_named(intake: Intake) -> None:
    huge = await post(intake, [a_report(source_ref=str(number)) for number in range(10_000)])
    assert (huge.status_code, huge.json()["detail"]) == (413, "The body is larger than 1048576 bytes.")
    text = json.dumps({"reports": [a_report(source_ref="1")]})[:-20]
    cut = await intake.source().post("/v1/reports:batch", content=text, headers={"Content-Type": "application/json"})
    assert (cut.status_code, cut.json()["type"].rsplit("/", 1)[1]) == (400, "malformed-json")
    elsewhere = await intake.post(a_report(source_ref="x" * 100_000))
    assert (elsewhere.status_code, elsewhere.json()["detail"]) == (413, "The body is larger than 65536 bytes.")
    assert await intake.counts() == NOTHING


async def test_each_counts_against_the_senders_limit_and_whoever_may_not_report_gets_none_in(intake: Intake) -> None:
    body = {"source": "police-feed", "kind": "police", "reports_per_minute": 2}
    await intake.staff("program_office").post("/v1/sources", json=body)
    results = (await post(intake, [a_report(source_ref=str(number)) for number in range(4)])).json()["results"]
    assert [one["status"] for one in results] == [201, 201, 429, 429]
    assert 1 <= results[2]["retry_after_s"] <= 60
    nameless = (await post(intake, [a_report(source_ref="1")], by=intake.client("source"))).json()["results"]
    assert [one["status"] for one in nameless] == [403]
    assert (await post(intake, [a_report(source_ref="1")], by=intake.staff("analyst"))).status_code == 403


async def test_every_broken_report_of_the_corpus_is_answered_by_its_field_and_the_good_ones_go_in(
    intake: Intake,
) -> None:
    broken = [(pointer, value) for pointer, value in FIELDS if "\ud800" not in str(value)]
    assert len(broken) >= 30
    items = [report_with(pointer, value) | {"source_ref": f"b{place}"} for place, (pointer, value) in enumerate(broken)]
    for place, (pointer, value) in enumerate(broken):
        if pointer == "/source_ref":
            items[place] = report_with(pointer, value)
    body = (await post(intake, [a_report(source_ref="first"), *items, a_report(source_ref="last")])).json()
    assert (body["taken"], body["refused"]) == (2, len(broken))
    told = [[error["pointer"] for error in one["errors"]] for one in body["results"][1:-1]]
    assert told == [[pointer] for pointer, _ in broken]
    assert (await intake.counts())["reports"] == 2
