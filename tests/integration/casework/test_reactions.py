"""What must follow an incident is opened once, however often and in whatever order its events arrive from Kafka."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.contracts.events.incidents import IncidentCorroborated
from shared.kernel.ids import random_id
from tests.integration.casework.conftest import Desk, custody, organization_registered, worker_registered
from tests.integration.casework.reading import arrived, follow_ups, told
from tests.support.histories import IncidentStory


@pytest.fixture
async def running(desk: Desk) -> Desk:
    await desk.load_programme()
    await desk.deployment.start("casework", "stream")
    return desk


async def test_an_activated_shooting_is_to_be_triaged_within_a_day(running: Desk) -> None:
    incident = IncidentStory("shooting").activated()
    await told(running, incident)
    found = await follow_ups(running, incident)
    assert set(found) == {"triage"}
    assert datetime.fromisoformat(found["triage"]["due_at"]) == incident.activated_at + timedelta(hours=24)


@pytest.mark.parametrize("fact", ["juvenile_involved", "believed_group_related"])
async def test_a_shooting_that_qualifies_is_referred_to_family_support(running: Desk, fact: str) -> None:
    incident = IncidentStory("shooting")
    incident.facts[fact] = True
    incident.activated()
    await told(running, incident)
    assert set(await follow_ups(running, incident)) == {"triage", "fss_referral"}


async def test_what_becomes_a_homicide_later_is_referred_once(running: Desk) -> None:
    incident = IncidentStory("shooting").activated()
    await told(running, incident)
    assert set(await follow_ups(running, incident)) == {"triage"}
    incident.reclassified("homicide").reclassified("shooting", believed_group_related=True).reclassified("homicide")
    await arrived(running, *incident.events[2:])
    found = await follow_ups(running, incident)
    assert set(found) == {"triage", "fss_referral"}
    died_at = incident.events[2].at
    assert datetime.fromisoformat(found["fss_referral"]["due_at"]) == died_at + timedelta(hours=24)
    assert await running.count("follow_ups WHERE kind = 'fss_referral'") == 1


async def test_what_another_report_adds_counts_too(running: Desk) -> None:
    incident = IncidentStory("stabbing").activated()
    learned = incident.events[-1].incident.model_copy(update={"version": 3, "juvenile_involved": True})  # type: ignore[attr-defined] # an incident's event
    corroborated = IncidentCorroborated(
        at=incident.activated_at, incident=learned, report_id=random_id(), source="hospital"
    )
    await arrived(running, *incident.events, corroborated)
    assert set(await follow_ups(running, incident)) == {"triage", "fss_referral"}


async def test_what_is_done_is_not_asked_for_again(running: Desk) -> None:
    incident = IncidentStory("homicide").activated()
    await told(running, incident)
    referral = (await follow_ups(running, incident))["fss_referral"]["follow_up_id"]
    await running.office.http.post(f"/v1/follow-ups/{referral}/complete")
    incident.reclassified("homicide", killed=2)
    await arrived(running, incident.events[-1])
    assert set(await follow_ups(running, incident)) == {"triage"}
    assert set(await follow_ups(running, incident, state="completed")) == {"fss_referral"}


async def test_repeated_and_disordered_events_change_nothing(running: Desk) -> None:
    plain = IncidentStory("shooting").activated().reclassified("homicide")
    repeated = IncidentStory("shooting").activated().reclassified("homicide")
    reversed_ = IncidentStory("shooting").activated().reclassified("homicide")
    only_last = IncidentStory("shooting").activated().reclassified("homicide")
    twice = [event for event in repeated.events for _ in range(2)] + repeated.events
    await arrived(running, *plain.events, *twice, *reversed(reversed_.events), only_last.events[-1])
    for story in (plain, repeated, reversed_, only_last):
        assert set(await follow_ups(running, story)) == {"triage", "fss_referral"}
    assert await running.count("follow_ups") == 8


async def test_screened_out_before_its_activation_is_read_it_asks_for_nothing(running: Desk) -> None:
    incident = IncidentStory("homicide").activated().screened_out()
    await arrived(running, *reversed(incident.events))
    for state in ("open", "completed", "withdrawn"):
        assert await follow_ups(running, incident, state=state) == {}


async def test_screening_out_an_incident_withdraws_what_is_open(running: Desk) -> None:
    incident = IncidentStory("homicide").activated()
    await told(running, incident)
    triage = (await follow_ups(running, incident))["triage"]["follow_up_id"]
    await running.office.http.post(f"/v1/follow-ups/{triage}/complete")
    incident.screened_out()
    await arrived(running, incident.events[-1])
    assert await follow_ups(running, incident) == {}
    assert set(await follow_ups(running, incident, state="withdrawn")) == {"fss_referral"}
    assert set(await follow_ups(running, incident, state="completed")) == {"triage"}


async def test_closing_an_incident_leaves_open_what_is_owed(running: Desk) -> None:
    incident = IncidentStory("homicide").activated()
    await told(running, incident)
    incident.closed()
    await arrived(running, incident.events[-1])
    assert set(await follow_ups(running, incident)) == {"triage", "fss_referral"}


async def test_a_death_after_the_close_is_still_referred(running: Desk) -> None:
    incident = IncidentStory("shooting").activated().closed().reclassified("homicide").reclassified("homicide")
    await told(running, incident)
    assert set(await follow_ups(running, incident)) == {"triage", "fss_referral"}


async def test_a_death_days_after_family_support_had_done_its_work_asks_for_it_once_more(running: Desk) -> None:
    incident = IncidentStory("shooting", juvenile_involved=True).activated()
    await told(running, incident)
    referral = (await follow_ups(running, incident))["fss_referral"]["follow_up_id"]
    await running.office.http.post(f"/v1/follow-ups/{referral}/complete")
    incident.closed().reclassified("homicide").reclassified("homicide", killed=1)
    await arrived(running, *incident.events[2:])
    again = await follow_ups(running, incident)
    assert set(again) == {"triage", "fss_referral"}
    assert again["fss_referral"]["follow_up_id"] != referral
    assert (again["fss_referral"]["occasion"], again["triage"]["occasion"]) == ("homicide", "first")
    await running.office.http.post(f"/v1/follow-ups/{again['fss_referral']['follow_up_id']}/complete")
    incident.reclassified("shooting").reclassified("homicide", killed=2)
    await arrived(running, *incident.events[-2:])
    assert set(await follow_ups(running, incident)) == {"triage"}
    assert await running.count("follow_ups WHERE kind = 'fss_referral'") == 2


async def test_a_death_while_family_support_is_at_it_asks_nobody_else(running: Desk) -> None:
    incident = IncidentStory("shooting", believed_group_related=True).activated().reclassified("homicide")
    await told(running, incident)
    referral = (await follow_ups(running, incident))["fss_referral"]["follow_up_id"]
    await running.office.http.post(f"/v1/follow-ups/{referral}/complete")
    incident.reclassified("homicide", killed=2)
    await arrived(running, incident.events[-1])
    assert await running.count("follow_ups WHERE kind = 'fss_referral'") == 1


async def test_what_was_withdrawn_is_owed_again_when_its_incident_comes_back(running: Desk) -> None:
    incident = IncidentStory("homicide").activated().screened_out()
    other = IncidentStory("homicide").activated().screened_out().reopened("reported")
    await told(running, incident, other)
    assert await follow_ups(running, incident) == {}
    incident.reopened("activated")
    await arrived(running, incident.events[-1])
    assert set(await follow_ups(running, incident)) == {"triage", "fss_referral"}
    assert set(await follow_ups(running, other)) == {"fss_referral"}, "to which nobody responds"
    assert await running.count("follow_ups") == 4


async def test_an_exercise_is_marked_and_never_among_the_real_ones(running: Desk) -> None:
    drill, real = IncidentStory("homicide", exercise=True).activated(), IncidentStory("homicide").activated()
    await told(running, drill, real)
    listed = (await running.office.http.get("/v1/follow-ups")).json()["items"]
    assert {item["incident_id"] for item in listed} == {str(real.id)}
    drilled = await follow_ups(running, drill, exercise=True)
    assert {item["exercise"] for item in drilled.values()} == {True}


async def test_overdue_is_what_is_open_after_its_time(running: Desk) -> None:
    now = datetime.now().astimezone()
    fresh, old = IncidentStory(occurred_at=now).activated(), IncidentStory("homicide", occurred_at=now).activated()
    await told(running, fresh, old)
    assert await follow_ups(running, old, overdue=True) == {}
    referral = (await follow_ups(running, old))["fss_referral"]["follow_up_id"]
    await running.office.http.post(f"/v1/follow-ups/{referral}/complete")
    await running.deployment.advance(hours=25)
    assert set(await follow_ups(running, old, overdue=True)) == {"triage"}
    assert await follow_ups(running, old, overdue=False) == {}


async def test_a_follow_up_is_completed_once(running: Desk) -> None:
    incident = IncidentStory().activated()
    await told(running, incident)
    path = f"/v1/follow-ups/{(await follow_ups(running, incident))['triage']['follow_up_id']}/complete"
    answers = await asyncio.gather(*(running.heron.http.post(path) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert {answer.json()["state"] for answer in answers} == {"completed"}


async def test_follow_ups_are_seen_by_who_covers_the_community_and_by_the_office(running: Desk) -> None:
    ours = IncidentStory(community="park-view").activated()
    nowhere = IncidentStory(community=None).activated()
    await told(running, ours, nowhere)
    triage = (await follow_ups(running, ours))["triage"]["follow_up_id"]

    async def sees(person: Any) -> set[str]:
        return {item["incident_id"] for item in (await person.http.get("/v1/follow-ups")).json()["items"]}

    assert await sees(running.heron) == {str(ours.id)}
    assert await sees(running.wren) == set()
    assert await sees(running.office) == {str(ours.id), str(nowhere.id)}
    foreign = await running.wren.http.post(f"/v1/follow-ups/{triage}/complete")
    missing = await running.wren.http.post(f"/v1/follow-ups/{random_id()}/complete")
    assert (foreign.status_code, foreign.content) == (404, missing.content)


async def test_pages_of_follow_ups_come_by_due_time_and_lose_none(running: Desk) -> None:
    incidents = [IncidentStory("homicide").activated() for _ in range(4)]
    await told(running, *incidents)
    walked: list[dict[str, Any]] = []
    address: str | None = "/v1/follow-ups?limit=3&state=open"
    while address is not None:
        answer = await running.office.http.get(address)
        walked += answer.json()["items"]
        address = answer.links.get("next", {}).get("url")
    assert len({item["follow_up_id"] for item in walked}) == len(walked) == 8
    assert [item["due_at"] for item in walked] == sorted(item["due_at"] for item in walked)


async def test_a_worker_told_over_the_topic_can_receive_and_an_older_tale_does_not_undo_a_newer(desk: Desk) -> None:
    await desk.deployment.start("casework", "stream")
    newcomer = await desk.person("case_manager", organization=desk.other_organization, active=False)
    newer = worker_registered(newcomer.worker, desk.other_organization, version=2)
    await arrived(desk, organization_registered(random_id()), newer)
    await desk.tell_worker(newcomer.worker, desk.other_organization, active=False, version=1)
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, newcomer)
    assert (await newcomer.http.post(f"/v1/handoffs/{handoff}/accept")).status_code == 200
    assert await desk.owner(case) == custody(newcomer)


async def test_what_follows_a_restricted_incident_is_kept_from_caseworkers(running: Desk) -> None:
    incident = IncidentStory("shooting").activated()
    await told(running, incident)
    follow_up = (await follow_ups(running, incident))["triage"]["follow_up_id"]
    path = f"/v1/follow-ups/{follow_up}/complete"
    assert follow_up in (await running.heron.http.get("/v1/follow-ups")).text
    await arrived(running, incident.restricted().events[-1])
    assert follow_up not in (await running.heron.http.get("/v1/follow-ups")).text
    refused = await running.heron.http.post(path)
    unknown = await running.heron.http.post(f"/v1/follow-ups/{random_id()}/complete")
    assert (refused.status_code, refused.content) == (404, unknown.content)
    assert (await follow_ups(running, incident))["triage"]["restricted"] is True
    assert (await running.supervisor.http.post(path)).status_code == 200
