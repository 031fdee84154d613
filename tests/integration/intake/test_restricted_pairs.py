"""Incidents that may be one event, one of which is restricted: nobody learns of it by the other."""

from typing import Any

from tests.integration.intake.test_one_truth import off
from tests.support.intake import Intake

RESTRICTED = {"restricted": True, "reason": "worker_involved"}


async def a_restricted_one(intake: Intake) -> str:
    incident_id: str = (await intake.taken(by=intake.source("hospital")))["incident_id"]
    assert (await intake.decide(incident_id, "visibility", RESTRICTED, role="supervisor")).status_code == 200
    return incident_id


async def got(intake: Intake, role: str, path: str) -> dict[str, Any]:
    answer = await intake.staff(role).get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_whoever_may_not_see_the_one_is_shown_no_pair_of_the_other(intake: Intake) -> None:
    hidden = await a_restricted_one(intake)
    told = await intake.taken(by=intake.staff(), location=off(400))
    by_lead = await intake.taken(by=intake.staff("supervisor"), location=off(-400))
    assert (told["disposition"], told["possible_duplicate_of"]) == ("opened", [])
    assert by_lead["possible_duplicate_of"] == [hidden]
    seen, queue = told["incident_id"], "/v1/incidents?queue=possible_duplicates"
    for role, others, waiting, doubts in (("dispatcher", [], [], 0), ("supervisor", [hidden], [hidden], 1)):
        shown = await got(intake, role, f"/v1/incidents/{seen}")
        assert [one["incident_id"] for one in shown["possible_duplicates"]] == others
        assert [one["incident_id"] for one in (await got(intake, role, queue))["items"]] == waiting
        counted = {one["queue"]: one["count"] for one in (await got(intake, role, "/v1/queues"))["queues"]}
        assert counted["possible_duplicates"] == len(waiting)
        entries = (await got(intake, role, f"/v1/incidents/{seen}/timeline"))["items"]
        assert [one["what"] for one in entries].count("doubt") == doubts


async def test_named_in_a_body_it_is_what_an_unknown_one_is(intake: Intake) -> None:
    hidden, unknown = await a_restricted_one(intake), "0197d1e0-0000-7000-8000-000000000000"
    seen = (await intake.taken(by=intake.staff(), location=off(400)))["incident_id"]
    before = await intake.counts()
    for verb, name, reason in (("merge", "into", "same_event"), ("not-duplicate", "other_id", "other_place")):
        there, nowhere = [
            await intake.decide(seen, verb, {name: other, "reason": reason}) for other in (hidden, unknown)
        ]
        assert (there.status_code, there.content) == (404, nowhere.content), verb
    assert await intake.counts() == before
    apart = await intake.decide(seen, "not-duplicate", {"other_id": hidden, "reason": "other"}, role="supervisor")
    assert apart.status_code == 204, "the desk has settled nothing"
