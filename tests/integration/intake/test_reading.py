"""What a list of incidents may be narrowed by: each filter alone, several together, and pages under them."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from tests.integration.intake.test_merging import merged
from tests.support.intake import Intake, ago, point_in


async def seen(intake: Intake, role: str = "dispatcher", **query: str) -> list[str]:
    answer = await intake.staff(role).get(f"/v1/incidents?{urlencode(query)}")
    assert answer.status_code == 200, answer.text
    return [item["incident_id"] for item in answer.json()["items"]]


async def test_filters_by_area_time_and_exercise_narrow_the_list_alone_and_together(intake: Intake) -> None:
    here = await intake.taken(occurred_at=ago(hours=2))
    there = await intake.taken(location=point_in("southwest-south"), occurred_at=ago(hours=1))
    drill = await intake.taken(exercise=True)
    first, second, third = (one["incident_id"] for one in (here, there, drill))
    shown = here["incident"]
    assert await seen(intake, ward=shown["ward"]) == [third, first]
    assert await seen(intake, cluster=shown["cluster"], exercise="false") == [first]
    assert await seen(intake, exercise="true") == [third]
    assert await seen(intake, occurred_from=ago(minutes=90)) == [third, second]
    assert await seen(intake, occurred_to=ago(minutes=90)) == [first]
    assert await seen(intake, occurred_from=ago(minutes=90), occurred_to=ago(minutes=30)) == [second]
    opened = datetime.fromisoformat(there["incident"]["opened_at"])
    just_after = (opened + timedelta(microseconds=1)).isoformat()
    assert await seen(intake, opened_from=opened.isoformat(), opened_to=just_after) == [second]
    assert await seen(intake, opened_to=opened.isoformat()) == [first]
    assert await seen(intake, ward=shown["ward"], occurred_to=ago(minutes=90), exercise="true") == []


async def test_an_incident_is_found_by_what_any_of_its_sources_called_it_and_by_its_id(intake: Intake) -> None:
    hospital = intake.source("hospital")
    police = (await intake.taken(source_ref="CCN-24000123"))["incident_id"]
    elsewhere = {"location": point_in("southwest-south"), "kind": "stabbing", "weapon": "knife"}
    other = (await intake.taken(by=hospital, source_ref="CCN-24000123", **elsewhere))["incident_id"]
    await intake.taken()
    assert await seen(intake, reference="CCN-24000123") == [other, police]
    assert await seen(intake, reference="CCN-2400012") == []
    assert await seen(intake, reference=police) == [police]
    assert await seen(intake, reference=police.upper(), kind="stabbing") == []
    assert await seen(intake, reference=police[:8]) == []
    lost = (await intake.taken(source_ref="CCN-24000999", location=point_in("petworth")))["incident_id"]
    await merged(intake, lost, police)
    assert await seen(intake, reference="CCN-24000999") == [lost, police], "also the one that goes on"
    assert await seen(intake, reference=lost) == [lost, police]
    assert await seen(intake, reference="CCN-24000999", state="activated") == [police]


async def test_pages_stay_exact_under_every_filter(intake: Intake) -> None:
    for number in range(6):
        await intake.taken(exercise=bool(number % 2), source_ref=f"r-{number}")
    filters = urlencode(
        {
            "exercise": "true",
            "occurred_from": ago(hours=1),
            "community": "park-view",
            "state": "activated",
            "limit": "1",
        }
    )
    client, address, found = intake.staff(), f"/v1/incidents?{filters}", list[str]()
    while address:
        answer = await client.get(address)
        await intake.taken(exercise=True)
        found += [item["incident_id"] for item in answer.json()["items"]]
        assert all(item["exercise"] for item in answer.json()["items"])
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert len(found) == len(set(found)) == 3
