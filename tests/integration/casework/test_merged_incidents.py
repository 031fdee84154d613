"""Two incidents turn out to be one: what was done for the one was done for the other."""

import pytest

from tests.integration.casework.conftest import Desk
from tests.integration.casework.reading import arrived, follow_ups, told
from tests.support.histories import IncidentStory


@pytest.fixture
async def running(desk: Desk) -> Desk:
    await desk.load_programme()
    await desk.deployment.start("casework", "stream")
    return desk


@pytest.mark.parametrize("survivor_first", [True, False])
async def test_what_was_done_for_one_of_two_merged_incidents_is_not_asked_for_again(
    running: Desk, survivor_first: bool
) -> None:
    done, kept = IncidentStory("homicide").activated(), IncidentStory("homicide")
    await told(running, done)
    referral = (await follow_ups(running, done))["fss_referral"]["follow_up_id"]
    await running.office.http.post(f"/v1/follow-ups/{referral}/complete")
    merged, activated = done.merged(kept).events[-1], kept.activated().events[-1]
    await arrived(running, *((activated, merged) if survivor_first else (merged, activated)))
    assert await follow_ups(running, done) == {}
    assert set(await follow_ups(running, kept)) == {"triage"}
    assert set(await follow_ups(running, kept, state="completed")) == {"fss_referral"}
    await arrived(running, done.brought_back("activated").events[-1])
    assert set(await follow_ups(running, done)) == {"triage"}
    assert await running.count("follow_ups") == 4


async def test_what_had_its_response_from_another_owes_no_triage_when_they_are_told_apart(running: Desk) -> None:
    kept, other, never = IncidentStory("homicide").activated(), IncidentStory("homicide"), IncidentStory("homicide")
    await told(running, kept)
    assert set(await follow_ups(running, kept)) == {"triage", "fss_referral"}
    await arrived(running, kept.split(other).events[-1], never.split(other).events[-1])
    assert set(await follow_ups(running, kept)) == {"fss_referral"}, "which every homicide owes"
    assert set(await follow_ups(running, kept, state="withdrawn")) == {"triage"}
    await arrived(running, kept.activated().events[-1])
    assert set(await follow_ups(running, kept)) == {"triage", "fss_referral"}
    assert set(await follow_ups(running, never)) == {"fss_referral"}
