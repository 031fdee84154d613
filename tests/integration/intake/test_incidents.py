"""Who sees which incidents, in which order, and how they page through them."""

import pytest

from tests.support.intake import Intake, ago, point_in


async def seen(intake: Intake, query: str = "", role: str = "dispatcher") -> list[str]:
    answer = await intake.staff(role).get(f"/v1/incidents{query}")
    assert answer.status_code == 200, answer.text
    return [item["incident_id"] for item in answer.json()["items"]]


async def test_the_newest_comes_first(intake: Intake) -> None:
    taken = [(await intake.taken(source_ref=f"{number}"))["incident_id"] for number in range(4)]
    assert await seen(intake) == taken[::-1]


async def test_pages_follow_each_other_without_gap_or_repeat_and_keep_their_filters(intake: Intake) -> None:
    for number in range(7):
        await intake.taken(kind="shooting" if number % 2 else "stabbing", source_ref=f"{number}")
    client, address, found = intake.staff(), "/v1/incidents?kind=stabbing&limit=2", list[str]()
    sizes = []
    while address:
        answer = await client.get(address)
        await intake.taken(kind="stabbing", source_ref=f"late-{address}")
        found += [item["incident_id"] for item in answer.json()["items"]]
        sizes.append(len(answer.json()["items"]))
        assert all(item["kind"] == "stabbing" for item in answer.json()["items"])
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert sizes == [2, 2]
    assert len(set(found)) == 4


async def test_pages_lose_none_of_those_that_were_opened_at_one_moment(intake: Intake) -> None:
    """As reports are that were taken together."""
    told = {(await intake.taken(source_ref=f"{number}"))["incident_id"] for number in range(5)}
    async with intake.db.transaction() as tx:
        await tx.run("UPDATE incidents SET opened_at = (SELECT max(opened_at) FROM incidents)")
    address, found = "/v1/incidents?limit=2", list[str]()
    while address:
        answer = await intake.staff().get(address)
        found += [item["incident_id"] for item in answer.json()["items"]]
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert (len(found), set(found)) == (5, told)


async def test_filters_narrow_the_list(intake: Intake) -> None:
    here = (await intake.taken(source_ref="1"))["incident_id"]
    there = (await intake.taken(location=point_in("southwest-south"), kind="armed_robbery"))["incident_id"]
    screened = (await intake.taken(relationship="family", source_ref="2"))["incident_id"]
    assert await seen(intake, "?community=southwest-south") == [there]
    assert await seen(intake, "?state=activated") == [here]
    assert await seen(intake, "?state=screened_out") == [screened]
    assert await seen(intake, "?kind=shooting&state=activated&community=park-view") == [here]
    assert await seen(intake, "?community=nowhere") == []


async def test_the_dispatchers_queue_holds_what_somebody_may_still_be_paged_for(intake: Intake) -> None:
    resident = intake.source("resident")
    waiting = (await intake.taken(by=resident, location=point_in("southwest-south")))["incident_id"]
    dated = (await intake.taken(occurred_at=ago(hours=10), occurred_precision="day"))["incident_id"]
    await intake.taken(occurred_at=ago(hours=7))
    await intake.taken(relationship="family")
    await intake.taken()
    verified = (await intake.taken(by=resident, location=point_in("petworth")))["incident_id"]
    await intake.decide(verified, "verify")
    assert await seen(intake, "?queue=needs_dispatcher") == [verified, dated, waiting]
    await intake.decide(waiting, "activate")
    await intake.deployment.advance(hours=7)
    assert await seen(intake, "?queue=needs_dispatcher") == [dated]


@pytest.mark.parametrize("role", ["dispatcher", "supervisor", "program_office", "auditor"])
async def test_the_office_sees_incidents_whole(intake: Intake, role: str) -> None:
    taken = await intake.taken()
    answer = await intake.staff(role).get(f"/v1/incidents/{taken['incident_id']}")
    shown = answer.json()
    assert {name: shown[name] for name in taken["incident"]} == taken["incident"]
    assert shown["response"] is None
    assert [(one["report_id"], one["source_kind"]) for one in shown["reports"]] == [(taken["report_id"], "police")]
    assert await seen(intake, role=role) == [taken["incident_id"]]
