"""Two incidents turn out to be one, and are told apart again: whoever was at the one is at the other."""

import asyncio
from typing import Any

import pytest

from services.alerts.usecases.dispatching.follow_incident import follow_incident
from services.alerts.usecases.dispatching.follow_merged_incident import follow_merged_incident
from shared.contracts.events.incidents import (
    IncidentActivated,
    IncidentMerged,
    IncidentReopened,
    IncidentSnapshot,
    IncidentSplit,
)
from shared.kernel.ids import new_id
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.waiting import eventually


async def rows(alone: AlertsAlone, statement: str, **given: Any) -> list[Any]:
    async with alone.world.alerts_db.transaction() as tx:
        return [tuple(row.values()) for row in await tx.rows(statement, **given)]


async def told_of(alone: AlertsAlone, incident: str, **facts: Any) -> IncidentSnapshot:
    [(known,)] = await rows(alone, "SELECT incident FROM dispatches WHERE incident_id = :id", id=incident)
    return IncidentSnapshot.model_validate(known | {"version": known["version"] + 1} | facts)


async def merges(alone: AlertsAlone, incident: str, into: str) -> None:
    snapshot = await told_of(alone, incident, state="merged", merged_into=into)
    async with alone.world.alerts_db.transaction() as tx:
        event = IncidentMerged(at=await tx.now(), incident=snapshot, was_state="activated")
        await follow_merged_incident(tx, event)


async def who_has(alone: AlertsAlone, incident: str) -> list[Any]:
    return await rows(
        alone, "SELECT interrupter_id, state FROM assignments WHERE incident_id = :id ORDER BY accepted_at", id=incident
    )


async def asked_and_there(alone: AlertsAlone, who: Interrupter, incident: str) -> None:
    [(offer,)] = await rows(
        alone, "SELECT id FROM offers WHERE incident_id = :id AND interrupter_id = :who", id=incident, who=who.worker
    )
    answer = await alone.world.alerts.post(
        f"/v1/offers/{offer}/accept", headers=alone.world.bearer("interrupter", worker=who.worker)
    )
    assert answer.status_code == 200, answer.text
    await who.does(answer.json()["assignment_id"], "on-scene")


async def told(alone: AlertsAlone, who: Interrupter, incident: str) -> dict[str, Any]:
    found = await rows(
        alone,
        "SELECT d.kind, convert_from(d.body, 'UTF8') "
        "FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id "
        "WHERE d.incident_id = :id AND e.owner_id = :who",
        id=incident,
        who=who.worker,
    )
    return dict(found)


@pytest.mark.parametrize("survivor_known", [True, False])
async def test_whoever_was_there_has_the_survivor_and_is_told_why(alone: AlertsAlone, survivor_known: bool) -> None:
    """Whether the survivor's dispatch was there before, or opens because of the merge."""
    heron, _teal = await alone.world.on_duty("heron", km=0.3), await alone.world.on_duty("teal", km=0.9)
    lost = await alone.incident()
    await asked_and_there(alone, heron, lost)
    kept = await alone.incident() if survivor_known else str(new_id())
    times = "SELECT accepted_at, on_scene_at FROM assignments WHERE incident_id = :id"
    [(accepted, there)] = await rows(alone, times, id=lost)
    [(began,)] = await rows(alone, "SELECT max(activated_at) FROM dispatches")
    await merges(alone, lost, kept)
    if not survivor_known:
        opened = await told_of(
            alone, lost, state="activated", merged_into=None, incident_id=kept, report_count=2, version=4
        )
        async with alone.world.alerts_db.transaction() as tx:
            await follow_incident(tx, IncidentActivated(at=await tx.now(), incident=opened, by_policy=False))
    assert await rows(alone, "SELECT state FROM dispatches WHERE incident_id = :id", id=lost) == [("stood_down",)]
    assert await who_has(alone, kept) == [(heron.worker, "on_scene")]
    assert await rows(alone, times, id=kept) == [(max(accepted, began), max(there, began))], (
        "as they said and were there"
    )
    assert await rows(alone, "SELECT check_in_state FROM assignments WHERE incident_id = :id", id=kept) == [("due",)]
    live = "SELECT 1 FROM offers WHERE incident_id = :id AND state IN ('open', 'acknowledged')"
    assert await rows(alone, live, id=kept) == [], "nobody else is asked for what somebody has"
    assert kept in (await told(alone, heron, lost))["assignment.stood_down"]
    assert "assignment.made" in await told(alone, heron, kept)
    gone, went_on = await alone.world.explain(lost), await alone.world.explain(kept)
    assert [one["had_by"] for one in (*gone["went"], *went_on["went"])] == ["yes", "merge"]
    assert [any("heron was asked for" in line for line in one["words"]) for one in (gone, went_on)] == [True, False]
    assert gone["words"][-1].endswith(f"stood down: its incident turned out to be another one ({kept})")
    assert await rows(alone, "SELECT state FROM triages WHERE incident_id = :id", id=lost) == [("withdrawn",)]


async def test_what_was_merged_by_mistake_is_asked_for_again_and_whoever_went_over_stays(alone: AlertsAlone) -> None:
    heron, teal = await alone.world.on_duty("heron", km=0.3), await alone.world.on_duty("teal", km=0.9)
    lost = await alone.incident()
    await asked_and_there(alone, heron, lost)
    kept = await alone.incident()
    await merges(alone, lost, kept)
    back = await told_of(alone, lost, state="activated", merged_into=None)
    async with alone.world.alerts_db.transaction() as tx:
        await follow_incident(tx, IncidentReopened(at=await tx.now(), incident=back, was_state="merged"))
    assert await rows(alone, "SELECT state FROM dispatches WHERE incident_id = :id", id=lost) == [("open",)]
    live = "SELECT interrupter_id FROM offers WHERE incident_id = :id AND state IN ('open', 'acknowledged')"
    assert await rows(alone, live, id=lost) == [(teal.worker,)]
    assert await who_has(alone, kept) == [(heron.worker, "on_scene")]


async def test_what_comes_back_too_late_owes_its_triage_again_and_asks_nobody(alone: AlertsAlone) -> None:
    await alone.world.on_duty("heron", km=0.3)
    lost, kept = await alone.incident(), await alone.incident()
    await merges(alone, lost, kept)
    await alone.world.deployment.advance(hours=7)
    back = await told_of(alone, lost, state="activated", merged_into=None)
    async with alone.world.alerts_db.transaction() as tx:
        await follow_incident(tx, IncidentReopened(at=await tx.now(), incident=back, was_state="merged"))
    states = "SELECT d.state, t.state FROM dispatches d JOIN triages t USING (incident_id) WHERE incident_id = :id"
    assert await rows(alone, states, id=lost) == [("closed", "due")]
    live = "SELECT 1 FROM offers WHERE incident_id = :id AND state IN ('open', 'acknowledged')"
    assert await rows(alone, live, id=lost) == [], "nobody is paged for an old crime"


async def test_what_had_its_response_from_another_has_none_when_they_are_told_apart(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", km=0.3)
    kept, db = await alone.incident(), alone.world.alerts_db
    await asked_and_there(alone, heron, kept)
    remains = await told_of(alone, kept, state="reported", activated_at=None)
    async with db.transaction() as tx:
        await follow_incident(tx, IncidentSplit(at=await tx.now(), incident=remains, into=new_id()))
    states = "SELECT d.state, t.state FROM dispatches d JOIN triages t USING (incident_id) WHERE incident_id = :id"
    assert await rows(alone, states, id=kept) == [("stood_down", "withdrawn")]
    assert "assignment.stood_down" in await told(alone, heron, kept)
    async with db.transaction() as tx:
        now = await tx.now()
        again = await told_of(alone, kept, state="activated", activated_at=now)
        await follow_incident(tx, IncidentActivated(at=now, incident=again, by_policy=False))
    assert await rows(alone, states, id=kept) == [("open", "due")]
    assert await rows(alone, "SELECT activated_at FROM dispatches WHERE incident_id = :id", id=kept) == [(now,)]


async def test_the_end_of_the_one_and_the_opening_of_the_other_at_once_leave_nobody_behind(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", km=0.3)
    lost, kept = await alone.incident(), str(new_id())
    await asked_and_there(alone, heron, lost)
    opened = await told_of(
        alone, lost, state="activated", merged_into=None, incident_id=kept, report_count=2, version=4
    )
    merged = await told_of(alone, lost, state="merged", merged_into=kept)
    db = alone.world.alerts_db

    async def opens() -> None:
        async with db.transaction() as tx:
            await follow_incident(tx, IncidentActivated(at=await tx.now(), incident=opened, by_policy=False))

    # The end is decided and not committed when the opening looks.
    async with db.transaction() as tx:
        await follow_merged_incident(tx, IncidentMerged(at=await tx.now(), incident=merged, was_state="activated"))
        opening = asyncio.create_task(opens())
        await eventually(lambda: _waits_for_a_lock(alone))
    await opening
    assert await who_has(alone, kept) == [(heron.worker, "on_scene")]


async def _waits_for_a_lock(alone: AlertsAlone) -> bool:
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(await rows(alone, waiting))


async def test_a_later_merge_brings_nobody_back_whom_the_desk_has_relieved(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron", km=0.3), await alone.world.on_duty("kestrel", km=0.9)
    lost, kept = await alone.incident(), await alone.incident()
    await asked_and_there(alone, heron, lost)
    await merges(alone, lost, kept)
    sent = await alone.world.reassigns(kept, kestrel)
    assert sent.status_code == 201, sent.text
    await kestrel.does(sent.json()["assignment_id"], "give-back")
    await merges(alone, await alone.incident(), kept)
    assert await who_has(alone, kept) == [(heron.worker, "reassigned"), (kestrel.worker, "stood_down")]
