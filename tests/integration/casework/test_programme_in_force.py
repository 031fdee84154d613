"""Incidents that come before a programme, or while one is loaded, are judged all the same."""

import asyncio

from services.casework.usecases.follow_incident import follow_incident
from shared.contracts.events.incidents import IncidentActivated
from tests.integration.casework.conftest import Desk
from tests.integration.casework.reading import arrived, follow_ups, told
from tests.support.histories import IncidentStory
from tests.support.waiting import eventually


async def test_without_a_programme_an_alarm_stands_and_nothing_is_lost(desk: Desk) -> None:
    await desk.deployment.start("casework", "stream")
    waiting = IncidentStory("shooting").activated().reclassified("homicide")
    gone = IncidentStory("homicide").activated().screened_out()
    await told(desk, waiting, gone)
    assert await follow_ups(desk, waiting) == {}
    assert (await desk.load_programme()).judged == 2
    assert set(await follow_ups(desk, waiting)) == {"triage", "fss_referral"}
    assert await follow_ups(desk, gone) == {}
    assert await desk.count("dead_letters") == 0

    async def alarms() -> list[str]:
        found = await desk.deployment.events("operations.alarms")
        kinds = [kind for kind, body in found if body["alarm"]["alarm"] == "no_programme"]
        return kinds if len(kinds) == 2 else []

    raised_once_and_cleared = ["truce.operations.alarm.raised.v1", "truce.operations.alarm.cleared.v1"]
    assert await eventually(alarms) == raised_once_and_cleared


async def test_incidents_that_arrive_while_a_programme_is_loaded_are_judged_all(desk: Desk) -> None:
    await desk.deployment.start("casework", "stream")
    incidents = [IncidentStory("homicide").activated() for _ in range(40)]
    events = [event for incident in incidents for event in incident.events]
    first = asyncio.create_task(arrived(desk, *events[:40]))
    loaded = asyncio.create_task(desk.load_programme())
    await asyncio.gather(first, loaded, arrived(desk, *events[40:]))
    assert await desk.count("follow_ups") == 80
    assert await desk.count("incidents WHERE judged_by IS NULL") == 0


async def test_a_load_waits_for_the_incidents_that_are_being_read(desk: Desk) -> None:
    activated = IncidentStory("homicide").activated().events[-1]
    assert isinstance(activated, IncidentActivated)

    async def load_has_come_to_a_decision() -> bool:
        async with desk.db.transaction() as tx:
            row = await tx.row(
                "SELECT count(*) AS n FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        return loading.done() or row["n"] > 0

    async with desk.db.transaction() as tx:
        await follow_incident(tx, activated)
        loading = asyncio.create_task(desk.load_programme())
        await eventually(load_has_come_to_a_decision)
    assert (await loading).judged == 1
    assert await desk.count("follow_ups") == 2


async def test_loading_the_same_again_changes_nothing(desk: Desk) -> None:
    first, again = await desk.load_programme(), await desk.load_programme()
    assert (first.is_new, again.is_new, again.version) == (True, False, first.version)
