"""The same thing said again: by the same request, under the same reference, by very many at once."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from shared.web.admission import RETRY_AFTER_S
from tests.support.intake import Intake, a_report, point_in
from tests.support.waiting import eventually

# Fewer than are worked on at once: whoever comes again finds a place.
COMING_AGAIN = 48


async def test_two_hundred_at_once_with_keys_of_their_own_are_one_incident(intake: Intake) -> None:
    body = a_report(source_ref="22118279")
    answers = await all_taken(intake, body, 200)
    assert Counter(answer.json()["disposition"] for answer in answers) == {"opened": 1, "attached": 199}
    assert len({(answer.json()["incident_id"], answer.json()["report_id"]) for answer in answers}) == 1
    counts = await intake.counts()
    assert (counts["incidents"], counts["reports"], counts["outbox"]) == (1, 1, 2)
    assert await intake.events() == [("opened", 1), ("activated", 2)]


async def all_taken(intake: Intake, body: dict[str, Any], count: int) -> list[httpx.Response]:
    """Sent all at once. Who is told to come again does, some dozens at a time: callers wait for different times."""
    again = asyncio.Semaphore(COMING_AGAIN)

    async def taken(key: str) -> httpx.Response | None:
        answer = await intake.post(body, key=key)
        if answer.status_code == 503:
            assert answer.headers["Retry-After"] in {"1", "2"}
            return None
        return answer

    async def until_taken(key: str) -> httpx.Response:
        answer = await taken(key)
        if answer is None:
            async with again:
                answer = await eventually(lambda: taken(key), within_s=200, every_s=RETRY_AFTER_S)
        assert answer is not None
        assert answer.status_code == 201
        return answer

    return await asyncio.gather(*(until_taken(f"sent-{number}") for number in range(count)))


async def test_different_words_under_one_reference_at_once_are_one_incident(intake: Intake) -> None:
    answers = await asyncio.gather(*(intake.post(a_report(source_ref="22118279", injured=n)) for n in range(40)))
    assert Counter(answer.json()["disposition"] for answer in answers) == {"opened": 1, "attached": 39}
    incident = await intake.shown(answers[0].json()["incident_id"])
    assert (incident["injured"], incident["report_count"], incident["version"]) == (39, 40, 41)
    assert [version for _, version in await intake.events()] == list(range(1, 42))


async def test_the_same_request_again_gets_the_same_answer(intake: Intake) -> None:
    body = a_report()
    first, second = await intake.post(body, key="k"), await intake.post(body, key="k")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (await intake.counts())["incidents"] == 1


async def test_a_key_used_for_something_else_is_refused(intake: Intake) -> None:
    await intake.post(a_report(), key="k")
    answer = await intake.post(a_report(injured=7), key="k")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (422, "idempotency-key-reused")
    assert (await intake.counts())["incidents"] == 1


async def test_the_same_request_at_once_is_carried_out_once(intake: Intake) -> None:
    body = a_report()
    answers = await asyncio.gather(*(intake.post(body, key="k") for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["report_id"] for answer in answers if answer.status_code == 201}) == 1
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 409)
    assert (await intake.counts())["incidents"] == 1


async def test_keys_of_two_sources_are_two_keys(intake: Intake) -> None:
    body = a_report()
    police, hospital = intake.source("police"), intake.source("hospital")
    answers = [await intake.post(body, by=client, key="k") for client in (police, hospital)]
    assert len({answer.json()["report_id"] for answer in answers}) == 2
    assert all("Idempotency-Replayed" not in answer.headers for answer in answers)


async def test_a_reference_belongs_to_its_source(intake: Intake) -> None:
    one = await intake.taken(by=intake.source("police", sub="first-feed"), source_ref="1")
    elsewhere = point_in("southwest-south")
    other = await intake.taken(by=intake.source("police", sub="second-feed"), source_ref="1", location=elsewhere)
    assert one["incident_id"] != other["incident_id"]


async def test_without_a_reference_reports_are_told_apart_by_when_and_where(intake: Intake) -> None:
    places = ("park-view", "park-view", "southwest-south")
    one, same, elsewhere = [await intake.taken(location=point_in(place)) for place in places]
    assert one["incident_id"] == same["incident_id"] != elsewhere["incident_id"]


async def test_a_refused_report_does_not_use_up_its_key(intake: Intake) -> None:
    refused = await intake.post(a_report(location={"lat": 48.85, "lon": 2.35}), key="k")
    taken = await intake.post(a_report(), key="k")
    assert (refused.status_code, taken.status_code) == (422, 201)


async def test_the_same_content_spelled_differently_adds_nothing(intake: Intake) -> None:
    body = a_report(source_ref="1")
    first = await intake.post(body)
    second = await intake.post(dict(reversed(body.items())))
    assert second.json()["disposition"] == "attached"
    assert second.json()["report_id"] == first.json()["report_id"]
    assert second.json()["incident_id"] == first.json()["incident_id"]
    assert (await intake.counts())["reports"] == 1


@pytest.mark.parametrize("exercise", [False, True])
async def test_a_drill_and_a_real_incident_are_never_mixed(intake: Intake, exercise: bool) -> None:
    await intake.taken(source_ref="1", exercise=exercise)
    answer = await intake.post(a_report(source_ref="1", exercise=not exercise))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/exercise"]
    counts = await intake.counts()
    assert (counts["reports"], counts["outbox"]) == (1, 2)
