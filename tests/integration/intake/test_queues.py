"""What waits for a person: counted, listed, and told to somebody who does not look."""

import asyncio
from typing import Any

from services.intake.app import watch
from services.intake.queries.queues import tell_queues
from services.intake.usecases.watch_queues import watch_queues
from tests.integration.intake.test_one_truth import off
from tests.support.intake import Intake, ago, point_in
from tests.support.waiting import eventually

NOTHING_WAITS = {"count": 0, "exercises": 0, "oldest_s": None}


async def queues(intake: Intake, role: str = "dispatcher") -> dict[str, dict[str, Any]]:
    answer = await intake.staff(role).get("/v1/queues")
    assert answer.status_code == 200, answer.text
    return {queue["queue"]: queue for queue in answer.json()["queues"]}


async def listed(intake: Intake, queue: str) -> list[str]:
    answer = await intake.staff().get(f"/v1/incidents?queue={queue}")
    return [item["incident_id"] for item in answer.json()["items"]]


async def alarms(intake: Intake) -> list[tuple[str, str]]:
    async with intake.db.transaction() as tx:
        await watch_queues(tx)
    async with intake.db.transaction() as tx:
        rows = await tx.rows("SELECT alarm, state FROM alarms")
    return [(row["alarm"], row["state"]) for row in rows]


async def test_what_stays_unverified_is_in_the_queue_after_its_time_and_somebody_is_told(intake: Intake) -> None:
    resident = intake.source("resident")
    waiting = (await intake.taken(by=resident))["incident_id"]
    responded_to = (await intake.taken(by=resident, location=point_in("petworth")))["incident_id"]
    await intake.decide(responded_to, "activate")
    drill = (await intake.taken(by=resident, exercise=True))["incident_id"]
    told_by_the_police = (await intake.taken(location=point_in("southwest-south")))["incident_id"]
    assert await listed(intake, "needs_verification") == []
    assert await alarms(intake) == []
    await intake.deployment.advance(minutes=14)
    assert await listed(intake, "needs_verification") == []
    await intake.deployment.advance(minutes=2)
    assert await listed(intake, "needs_verification") == [drill, responded_to, waiting]
    stands = (await queues(intake))["needs_verification"]
    assert (stands["count"], stands["exercises"]) == (2, 1)
    assert 60 <= stands["oldest_s"] < 120
    assert await alarms(intake) == [("unverified_waits", "raised")]
    assert await alarms(intake) == [("unverified_waits", "raised")]
    async with intake.db.transaction() as tx:
        assert [queue.count for queue in await tell_queues(tx) if queue.is_wrong] == [2]
    await intake.decide(responded_to, "verify")
    assert await listed(intake, "needs_verification") == [drill, waiting]
    await intake.decide(waiting, "screen-out", {"reason": "unfounded"})
    assert await alarms(intake) == [("unverified_waits", "cleared")]
    assert (await queues(intake))["needs_verification"]["oldest_s"] is None
    assert told_by_the_police not in await listed(intake, "needs_verification")
    await intake.decide(waiting, "reopen", {"reason": "decided_wrongly"})
    assert waiting in await listed(intake, "needs_verification")


async def test_beside_its_requests_every_api_looks_at_all_that_a_person_must_be_told_of(intake: Intake) -> None:
    resident = intake.source("resident")
    await intake.taken(by=resident, source_ref="back-1")
    assert (await resident.post("/v1/reports:withdraw", json={"source_ref": "back-1"})).status_code == 200
    silent = {"source": "police-feed", "kind": "police", "quiet_after_s": 60}
    assert (await intake.staff("admin").post("/v1/sources", json=silent)).status_code == 201
    await intake.deployment.advance(minutes=16)
    expected = {"report_withdrawn", "source_quiet", "unverified_waits"}

    async def all_are_raised() -> bool:
        async with intake.db.transaction() as tx:
            return {row["alarm"] for row in await tx.rows("SELECT alarm FROM alarms")} == expected

    watching = asyncio.create_task(watch(intake.db))
    try:
        await eventually(all_are_raised, within_s=10)
    finally:
        watching.cancel()


async def test_a_queue_counts_what_its_list_shows_and_restricted_ones_for_those_who_see_them(intake: Intake) -> None:
    resident = intake.source("resident")
    seen = (await intake.taken(by=resident))["incident_id"]
    hidden = (await intake.taken(by=resident, location=point_in("petworth")))["incident_id"]
    old = await intake.taken(by=resident, occurred_at=ago(hours=7), location=point_in("southwest-south"))
    restricted = {"restricted": True, "reason": "safety"}
    assert (await intake.decide(hidden, "visibility", restricted, role="supervisor")).status_code == 200
    assert (await queues(intake))["needs_dispatcher"]["count"] == 1
    assert (await queues(intake, "supervisor"))["needs_dispatcher"]["count"] == 2
    assert await listed(intake, "needs_dispatcher") == [seen]
    assert await listed(intake, "unscreened") == [old["incident_id"], seen], "whatever its age"
    assert (await queues(intake))["unscreened"]["count"] == 2
    assert (await queues(intake, "supervisor"))["unscreened"]["count"] == 3
    await intake.decide(seen, "verify")
    assert await listed(intake, "unscreened") == [old["incident_id"], seen], "confirmed is not yet decided"
    await intake.decide(seen, "activate")
    await intake.decide(old["incident_id"], "screen-out", {"reason": "unfounded"})
    assert (await queues(intake))["unscreened"] == {"queue": "unscreened", **NOTHING_WAITS}
    refused = await intake.source().get("/v1/queues")
    assert refused.status_code == 403


async def test_a_pair_asks_while_one_of_the_two_goes_on_and_since_it_was_noted(intake: Intake) -> None:
    at, hospital = ago(minutes=10), intake.source("hospital")
    one = (await intake.taken(occurred_at=at))["incident_id"]
    await intake.deployment.advance(minutes=20)
    other = (await intake.taken(by=hospital, occurred_at=at, location=off(400)))["incident_id"]
    assert await listed(intake, "possible_duplicates") == [other, one]
    assert (await queues(intake))["possible_duplicates"]["oldest_s"] < 600
    await intake.decide(one, "close")
    assert await listed(intake, "possible_duplicates") == [other, one]
    await intake.decide(other, "screen-out", {"reason": "unfounded"})
    assert await listed(intake, "possible_duplicates") == [], "nothing goes on"
    await intake.decide(one, "reopen", {"reason": "response_goes_on"})
    assert await listed(intake, "possible_duplicates") == [other, one]
    await intake.decide(other, "reopen", {"reason": "decided_wrongly"})
    await intake.decide(other, "screen-out", {"reason": "duplicate"})
    assert (await queues(intake))["possible_duplicates"] == {"queue": "possible_duplicates", **NOTHING_WAITS}


async def test_history_that_is_brought_in_asks_nobody_for_its_pairs(intake: Intake) -> None:
    at = ago(hours=9)
    first = await intake.taken(occurred_at=at)
    second = await intake.taken(by=intake.source("hospital"), occurred_at=at, location=off(400))
    assert second["possible_duplicate_of"] == [first["incident_id"]], "it is linked all the same"
    assert await listed(intake, "possible_duplicates") == []
    assert set(await listed(intake, "unscreened")) == {first["incident_id"], second["incident_id"]}
