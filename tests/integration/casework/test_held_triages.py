"""A triage that was held in alerts completes its follow-up here: once, whatever comes first and however often."""

import asyncio

import pytest

from services.casework.usecases.follow_incident import follow_incident
from services.casework.usecases.follow_triage import follow_triage
from shared.contracts.event import Event
from tests.integration.casework.conftest import Desk
from tests.integration.casework.reading import arrived, follow_ups
from tests.support.histories import DispatchStory, IncidentStory


@pytest.fixture
async def running(desk: Desk) -> Desk:
    await desk.load_programme()
    await desk.deployment.start("casework", "stream")
    return desk


def story() -> tuple[IncidentStory, DispatchStory]:
    incident = IncidentStory("homicide").activated()
    return incident, DispatchStory(incident).triage("held", 3600)


async def test_a_triage_that_was_held_completes_its_follow_up_in_any_order(running: Desk) -> None:
    first, second, repeated = story(), story(), story()
    await arrived(running, *first[0].events, *first[1].events)
    await arrived(running, *second[1].events)
    await arrived(running, *second[0].events)
    await arrived(running, *(event for _ in range(2) for part in repeated for event in reversed(part.events)))
    for incident, _ in (first, second, repeated):
        assert set(await follow_ups(running, incident)) == {"fss_referral"}
        assert set(await follow_ups(running, incident, state="completed")) == {"triage"}
    assert await running.count("follow_ups WHERE completed_by = 'triage.held'") == 3


async def test_a_triage_that_is_due_or_was_withdrawn_completes_nothing(running: Desk) -> None:
    due, withdrawn = IncidentStory().activated(), IncidentStory().activated()
    dispatches = DispatchStory(due).triage("due").offered(1), DispatchStory(withdrawn).triage("withdrawn", 60)
    await arrived(running, *due.events, *withdrawn.events, *dispatches[0].events, *dispatches[1].events)
    for incident in (due, withdrawn):
        assert set(await follow_ups(running, incident)) == {"triage"}


async def test_what_was_done_or_withdrawn_before_stays_so(running: Desk) -> None:
    done, void = story(), story()
    await arrived(running, *done[0].events, *void[0].events)
    follow_up = (await follow_ups(running, done[0]))["triage"]["follow_up_id"]
    assert (await running.office.http.post(f"/v1/follow-ups/{follow_up}/complete")).status_code == 200
    void[0].screened_out()
    await arrived(running, void[0].events[-1])
    await arrived(running, *done[1].events, *void[1].events)
    assert set(await follow_ups(running, void[0], state="withdrawn")) == {"triage", "fss_referral"}
    assert await running.count("follow_ups WHERE completed_by = 'triage.held'") == 0


async def test_the_two_at_once_leave_nothing_open(desk: Desk) -> None:
    """Each in a transaction of its own, as two processes that hold one topic's partition each."""
    await desk.load_programme()
    stories = [story() for _ in range(20)]

    async def told(reaction: object, event: Event) -> None:
        await desk.db.retrying(lambda tx: reaction(tx, event))  # type: ignore[operator] # one of the two reactions

    await asyncio.gather(
        *(told(follow_incident, incident.events[-1]) for incident, _ in stories),
        *(told(follow_triage, dispatch.events[-1]) for _, dispatch in stories),
    )
    assert await desk.count("follow_ups WHERE kind = 'triage' AND state = 'completed'") == len(stories)
