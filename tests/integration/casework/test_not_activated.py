"""What nobody responded to is no concern of the triage, and yet every homicide owes family support."""

from datetime import datetime, timedelta

from tests.integration.casework.conftest import Desk
from tests.integration.casework.reading import arrived, follow_ups, told
from tests.support.histories import MONDAY_NOON, IncidentStory


async def test_a_homicide_that_was_never_activated_owes_family_support_once_also_when_it_is_later(
    desk: Desk,
) -> None:
    """Not for a drill, for what was screened out or is a rumour, nor for history; and nothing else owes anything."""
    await desk.load_programme()
    await desk.deployment.start("casework", "stream")
    old = MONDAY_NOON - timedelta(days=91)
    unasked = [
        IncidentStory(),
        IncidentStory("homicide").screened_out(),
        IncidentStory("homicide", exercise=True),
        IncidentStory("homicide", rumour=True),
        IncidentStory("homicide", verification="unverified"),
        IncidentStory("homicide", occurred_at=old, opened_at=MONDAY_NOON),
    ]
    feed = IncidentStory("homicide", occurred_precision="day").reclassified("homicide", killed=2)
    await told(desk, *unasked, feed)
    assert await desk.count("follow_ups") == 2
    found = await follow_ups(desk, feed)
    assert set(found) == {"fss_referral"}
    assert set(await follow_ups(desk, unasked[1], state="withdrawn")) == {"fss_referral"}
    assert datetime.fromisoformat(found["fss_referral"]["due_at"]) == feed.events[0].at + timedelta(hours=24)
    await arrived(desk, feed.activated().events[-1], unasked[3].rumour_lifted().events[-1])
    assert set(await follow_ups(desk, feed)) == {"triage", "fss_referral"}
    assert set(await follow_ups(desk, unasked[3])) == {"fss_referral"}
    await desk.office.http.post(f"/v1/follow-ups/{found['fss_referral']['follow_up_id']}/complete")
    await arrived(desk, feed.split(IncidentStory()).events[-1], feed.reclassified("homicide").events[-1])
    assert await follow_ups(desk, feed) == {}
    assert await desk.count("follow_ups WHERE kind = 'fss_referral'") == 3
