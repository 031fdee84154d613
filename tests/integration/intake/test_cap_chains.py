"""Messages of a CAP chain are one incident, also where each names but the one before it; of its own source alone."""

import asyncio
from typing import Any

import httpx
import pytest

from services.intake.queries.chains import chain_of
from tests.support.intake import Intake, ago
from tests.support.waiting import eventually
from tests.unit.intake.feed_messages import cap, cap_info, eido, eido_incident

SENDER = "alerts@police.example"
TOLD = {name: ago(minutes=20 - place) for place, name in enumerate("ABUVWXC")}
ONSET = ago(minutes=21)
_COPY = """
INSERT INTO reports (id, incident_id, source, source_kind, source_ref, body, content_sha256, received_at, message_id)
SELECT gen_random_uuid(), incident_id, source, source_kind, source_ref, body, decode('00', 'hex'), received_at, :own
FROM reports
"""


def message(name: str, kind: str, *earlier: str, onset: str = ONSET, **parts: str) -> bytes:
    """Named by a letter; what an update says is what the alert said."""
    references = " ".join(f"{SENDER},{one},{TOLD[one]}" for one in earlier)
    told = {"identifier": name, "sender": SENDER, "sent": TOLD[name], "msgType": kind, "references": references}
    return cap("" if kind == "Cancel" else cap_info(onset=onset), **told | parts)


async def answered(intake: Intake, raw: bytes, kind: str = "police") -> httpx.Response:
    headers = {"Content-Type": "application/cap+xml"}
    return await intake.source(kind).post("/v1/reports/cap-alerts", content=raw, headers=headers)


async def send(intake: Intake, *said: Any, kind: str = "police", **parts: str) -> dict[str, Any]:
    answer = await answered(intake, message(*said, **parts), kind)
    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["results"]
    return dict(result)


async def withdrawn(intake: Intake) -> list[str]:
    answer = await intake.staff().get("/v1/incidents", params={"queue": "withdrawn"})
    return [one["incident_id"] for one in answer.json()["items"]]


async def test_a_cancel_that_names_the_update_alone_takes_back_the_alerts_incident(intake: Intake) -> None:
    opened = await send(intake, "A", "Alert")
    updated = await send(intake, "U", "Update", "A")
    cancelled = await send(intake, "C", "Cancel", "U")
    assert updated["incident_id"] == cancelled["incident_id"] == opened["incident_id"]
    assert cancelled["disposition"] == "withdrawn"
    assert await withdrawn(intake) == [opened["incident_id"]]


async def test_each_names_the_one_before_it_alone(intake: Intake) -> None:
    opened = await send(intake, "A", "Alert")
    for name, before in (("U", "A"), ("V", "U"), ("W", "V")):
        assert (await send(intake, name, "Update", before))["incident_id"] == opened["incident_id"]
    assert (await send(intake, "C", "Cancel", "V"))["incident_id"] == opened["incident_id"]
    assert (await intake.counts())["incidents"] == 1
    assert (await intake.shown(opened["incident_id"]))["report_count"] == 4


async def test_two_chains_interleaved_stay_two_and_the_earliest_that_is_named_counts(intake: Intake) -> None:
    first = (await send(intake, "A", "Alert"))["incident_id"]
    second = (await send(intake, "B", "Alert"))["incident_id"]
    assert second != first
    assert (await send(intake, "U", "Update", "B"))["incident_id"] == second
    assert (await send(intake, "V", "Update", "A"))["incident_id"] == first
    assert (await send(intake, "W", "Update", "V"))["incident_id"] == first
    assert (await send(intake, "X", "Update", "U", "A"))["incident_id"] == first
    assert (await send(intake, "C", "Cancel", "U"))["incident_id"] == second
    assert await withdrawn(intake) == [second]


async def test_what_another_source_sent_is_nobody_elses_chain(intake: Intake) -> None:
    opened = await send(intake, "A", "Alert")
    await send(intake, "U", "Update", "A")
    refused = await answered(intake, message("C", "Cancel", "U"), "hospital")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/alert/references")
    foreign = await send(intake, "V", "Update", "U", kind="hospital", onset=ago(hours=3))
    assert foreign["incident_id"] != opened["incident_id"]
    assert await withdrawn(intake) == []


async def test_two_sources_that_use_the_same_names_have_a_chain_each(intake: Intake) -> None:
    other = {"kind": "hospital", "onset": ago(hours=3)}
    theirs = (await send(intake, "B", "Alert", **other))["incident_id"]
    await send(intake, "U", "Update", "B", **other)
    ours = (await send(intake, "A", "Alert"))["incident_id"]
    await send(intake, "U", "Update", "A")
    assert ours != theirs
    assert (await send(intake, "V", "Update", "U", **other))["incident_id"] == theirs
    assert (await send(intake, "V", "Update", "U"))["incident_id"] == ours
    assert (await send(intake, "C", "Cancel", "U", kind="hospital"))["incident_id"] == theirs
    assert (await intake.counts())["incidents"] == 2


async def test_said_twice_word_for_word_it_adds_nothing_whatever_came_in_between(intake: Intake) -> None:
    chain = [("A", "Alert"), ("U", "Update", "A"), ("V", "Update", "U")]
    opened = [await send(intake, *said) for said in chain]
    again = [await send(intake, *said) for said in chain]
    assert [one["report_id"] for one in again] == [one["report_id"] for one in opened]
    # the one that W names is not known yet
    ahead = await send(intake, "X", "Update", "W")
    await send(intake, "W", "Update", "V")
    assert (await send(intake, "X", "Update", "W"))["report_id"] == ahead["report_id"]
    assert (await intake.counts())["reports"] == 5


async def test_an_update_of_the_same_second_that_says_the_same_is_known_by_its_name(intake: Intake) -> None:
    opened = await send(intake, "A", "Alert")
    await send(intake, "U", "Update", "A", sent=TOLD["A"])
    assert (await send(intake, "V", "Update", "U"))["incident_id"] == opened["incident_id"]


async def test_an_update_that_comes_before_its_alert_is_its_incident(intake: Intake) -> None:
    updated = await send(intake, "U", "Update", "A")
    assert (await send(intake, "V", "Update", "U"))["incident_id"] == updated["incident_id"]
    assert (await send(intake, "A", "Alert"))["incident_id"] == updated["incident_id"]
    assert (await send(intake, "C", "Cancel", "A"))["incident_id"] == updated["incident_id"]


async def test_the_earliest_counts_that_was_referred_to_though_it_was_never_sent(intake: Intake) -> None:
    updated = await send(intake, "U", "Update", "A")
    await send(intake, "B", "Alert")
    assert (await send(intake, "V", "Update", "B", "A"))["incident_id"] == updated["incident_id"]


async def test_what_was_stored_without_its_messages_name_is_found_by_its_reference(intake: Intake) -> None:
    opened = await send(intake, "A", "Alert")
    async with intake.db.transaction() as tx:
        await tx.run("UPDATE reports SET message_id = NULL")
    assert (await send(intake, "A", "Alert"))["report_id"] == opened["report_id"]
    assert (await send(intake, "U", "Update", "A"))["incident_id"] == opened["incident_id"]
    assert (await send(intake, "C", "Cancel", "U"))["incident_id"] == opened["incident_id"]


async def test_many_at_once_that_name_one_another_are_one_incident(intake: Intake) -> None:
    opened = await send(intake, "A", "Alert")
    await send(intake, "U", "Update", "A")
    told = [("V", "Update", "U"), ("W", "Update", "U", "A"), ("X", "Update", "A"), ("B", "Update", "U")] * 3
    results = await asyncio.gather(*(send(intake, *said) for said in told))
    assert {one["incident_id"] for one in results} == {opened["incident_id"]}
    assert (await intake.counts())["reports"] == 6


async def waiters(intake: Intake) -> bool:
    statement = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND wait_event = 'advisory'"
    )
    async with intake.db.transaction() as tx:
        return bool(await tx.rows(statement))


async def test_the_next_one_waits_for_the_one_that_it_names(intake: Intake) -> None:
    opened = await send(intake, "A", "Alert")
    async with intake.db.transaction() as tx:
        (source,) = [row["source"] for row in await tx.rows("SELECT source FROM reports")]
        await chain_of(tx, source, None, [])
        await tx.run(_COPY, own=f"{SENDER},U")
        following = asyncio.create_task(send(intake, "V", "Update", "U"))
        await eventually(lambda: waiters(intake), within_s=10)
    assert (await following)["incident_id"] == opened["incident_id"]


@pytest.mark.parametrize("status", ["Exercise", "Actual"])
async def test_what_is_refused_is_said_of_the_messages_own_elements(intake: Intake, status: str) -> None:
    other = {"Exercise": "Actual", "Actual": "Exercise"}[status]
    await send(intake, "A", "Alert", status=status)
    refused = await answered(intake, message("U", "Update", "A", status=other))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/alert/status")
    future = cap(cap_info(onset=""), sent=ago(hours=-2))
    pointers = [one["pointer"] for one in (await answered(intake, future)).json()["errors"]]
    assert pointers == ["/alert/sent", "/alert/sent"]
    document = eido(incidentComponent=eido_incident(incidentStatusCommonRegistryText=["Cancelled"]))
    unknown = await intake.source().post("/v1/reports/eidos", json=document)
    pointer = "/incidentComponent/0/incidentTrackingIdentifier"
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, pointer)
    late = eido(callComponent=[{"callStartTimestamp": ago(hours=-2)}])
    told = (await intake.source().post("/v1/reports/eidos", json=late)).json()["errors"]
    assert {one["pointer"] for one in told} == {"/callComponent"}
