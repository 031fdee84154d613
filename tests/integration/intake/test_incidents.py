"""Who sees which incidents, in which order, and how they page through them."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.intake import Intake, a_report, ago, point_in


async def seen(intake: Intake, query: str = "", role: str = "dispatcher") -> list[str]:
    answer = await intake.staff(role).get(f"/v1/incidents{query}")
    assert answer.status_code == 200, answer.text
    return [item["incident_id"] for item in answer.json()["items"]]


async def test_the_newest_comes_first(intake: Intake) -> None:
    taken = [(await intake.taken())["incident_id"] for _ in range(4)]
    assert await seen(intake) == taken[::-1]


async def test_pages_follow_each_other_without_gap_or_repeat_and_keep_their_filters(intake: Intake) -> None:
    for number in range(7):
        await intake.taken(kind="shooting" if number % 2 else "stabbing")
    client, address, found = intake.staff(), "/v1/incidents?kind=stabbing&limit=2", list[str]()
    sizes = []
    while address:
        answer = await client.get(address)
        await intake.taken(kind="stabbing")
        found += [item["incident_id"] for item in answer.json()["items"]]
        sizes.append(len(answer.json()["items"]))
        assert all(item["kind"] == "stabbing" for item in answer.json()["items"])
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert sizes == [2, 2]
    assert len(set(found)) == 4


async def test_filters_narrow_the_list(intake: Intake) -> None:
    here = (await intake.taken())["incident_id"]
    there = (await intake.taken(location=point_in("southwest-south"), kind="armed_robbery"))["incident_id"]
    screened = (await intake.taken(relationship="family"))["incident_id"]
    assert await seen(intake, "?community=southwest-south") == [there]
    assert await seen(intake, "?state=activated") == [here]
    assert await seen(intake, "?state=screened_out") == [screened]
    assert await seen(intake, "?kind=shooting&state=activated&community=park-view") == [here]
    assert await seen(intake, "?community=nowhere") == []


async def test_the_dispatchers_queue_holds_what_somebody_may_still_be_paged_for(intake: Intake) -> None:
    resident = intake.source("resident")
    waiting = (await intake.taken(by=resident))["incident_id"]
    dated = (await intake.taken(occurred_at=ago(hours=10), occurred_precision="day"))["incident_id"]
    await intake.taken(occurred_at=ago(hours=7))
    await intake.taken(relationship="family")
    await intake.taken()
    verified = (await intake.taken(by=resident))["incident_id"]
    await intake.decide(verified, "verify")
    assert await seen(intake, "?queue=needs_dispatcher") == [verified, dated, waiting]
    await intake.decide(waiting, "activate")
    await intake.deployment.advance(hours=7)
    assert await seen(intake, "?queue=needs_dispatcher") == [dated]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=201", 422),
        ("limit=cana4ry", 422),
        ("state=cana4ry", 422),
        ("kind=cana4ry", 422),
        ("community=Cana4ry", 422),
        ("community=cana4ry%00", 422),
        ("queue=cana4ry", 422),
        ("order=cana4ry", 422),
        ("cursor=cana4ry", 400),
        ("cursor=WyIyMDI0LTAxLTAxIiwgIngiXQ", 400),
        ("cursor=WyIyMDI0LTAxLTAxVDAwOjAwOjAwIiwgIjAxOGYyMmUyLTc5YjAtN2NjMy05OGM0LWRjMGMwYzA3Mzk4ZiJd", 400),
        ("cursor=" + "A" * 501, 422),
    ],
)
async def test_a_query_that_cannot_be_is_refused(intake: Intake, query: str, status: int) -> None:
    answer = await intake.staff().get(f"/v1/incidents?{query}")
    assert answer.status_code == status
    assert "ana4ry" not in answer.text


@pytest.mark.parametrize("role", ["dispatcher", "supervisor", "program_office", "auditor"])
async def test_the_office_sees_incidents_whole(intake: Intake, role: str) -> None:
    taken = await intake.taken()
    answer = await intake.staff(role).get(f"/v1/incidents/{taken['incident_id']}")
    shown = answer.json()
    assert {name: shown[name] for name in taken["incident"]} == taken["incident"]
    assert shown["response"] is None
    assert [(one["report_id"], one["source_kind"]) for one in shown["reports"]] == [(taken["report_id"], "police")]
    assert await seen(intake, role=role) == [taken["incident_id"]]


@pytest.mark.parametrize("role", ["interrupter", "case_manager", "navigator", "analyst", "admin"])
async def test_others_see_no_incident_here(intake: Intake, role: str) -> None:
    incident_id = (await intake.taken())["incident_id"]
    client = intake.staff(role)
    assert (await client.get("/v1/incidents")).status_code == 403
    assert (await client.get(f"/v1/incidents/{incident_id}")).status_code == 403


async def test_a_source_sees_the_state_of_what_it_reported_and_nothing_else(intake: Intake) -> None:
    police, hospital = intake.source("police"), intake.source("hospital")
    incident_id = (await intake.taken(by=police))["incident_id"]
    own = await police.get(f"/v1/incidents/{incident_id}")
    assert own.json() == {"incident_id": incident_id, "state": "activated"}
    foreign = await hospital.get(f"/v1/incidents/{incident_id}")
    unknown = await hospital.get(f"/v1/incidents/{uuid4()}")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.content == unknown.content
    assert (await police.get("/v1/incidents")).status_code == 403


async def test_an_incident_that_is_not_there_is_not_found(intake: Intake) -> None:
    client = intake.staff()
    assert (await client.get(f"/v1/incidents/{uuid4()}")).status_code == 404
    assert (await client.get("/v1/incidents/cana4ry")).status_code == 422


async def test_no_answer_carries_the_reports_words(intake: Intake) -> None:
    taken = await intake.taken(source_ref="cana4ry-1")
    answers: list[Any] = [
        await intake.staff().get(f"/v1/incidents/{taken['incident_id']}"),
        await intake.staff().get("/v1/incidents"),
        await intake.post(a_report(source_ref="cana4ry-1", injured=5)),
    ]
    assert all("cana4ry" not in answer.text for answer in answers)
