"""A restricted incident: who sees and decides about it, and that to everybody else it is what an unknown one is."""

from uuid import uuid4

import httpx
import pytest

from tests.support.apps import app_of, routes_of
from tests.support.intake import Intake, a_report, point_in

REASON = {"restricted": True, "reason": "worker_involved"}


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


async def listed(client: httpx.AsyncClient, query: str = "") -> set[str]:
    answer = await client.get(f"/v1/incidents?limit=200{query}")
    return {item["incident_id"] for item in answer.json()["items"]}


async def a_restricted_one(intake: Intake) -> str:
    incident_id: str = (await intake.taken(by=intake.source("resident"), source_ref=f"r-{uuid4()}"))["incident_id"]
    answer = await intake.decide(incident_id, "visibility", REASON, role="supervisor")
    assert (answer.status_code, answer.json()["restricted"]) == (200, True)
    return incident_id


@pytest.mark.parametrize("role", ["supervisor", "program_office", "auditor"])
async def test_the_named_roles_see_it_everywhere(intake: Intake, role: str) -> None:
    incident_id = await a_restricted_one(intake)
    client = intake.staff(role)
    assert incident_id in await listed(client)
    assert incident_id in await listed(client, "&queue=needs_dispatcher")
    assert incident_id in await listed(client, f"&reference={incident_id}")
    assert (await client.get(f"/v1/incidents/{incident_id}")).json()["restricted"] is True


async def test_the_desk_finds_it_in_no_list_queue_or_search(intake: Intake) -> None:
    incident_id, desk = await a_restricted_one(intake), intake.staff()
    for query in (
        "",
        "&queue=needs_dispatcher",
        f"&reference={incident_id}",
        "&state=reported",
        "&community=park-view",
    ):
        assert incident_id not in await listed(desk, query)


async def test_at_every_door_it_is_to_everybody_else_what_an_unknown_one_is(intake: Intake) -> None:
    """Whatever route is about one incident, now or later: the guards keep it, not the routes."""
    incident_id, unknown = await a_restricted_one(intake), str(uuid4())
    about_one = [route for route in routes_of(app_of("intake")) if "{incident_id}" in route.path]
    doors = [(method, route.path) for route in about_one for method in sorted(route.methods)]
    assert len(doors) >= 7
    before = await intake.events(incident_id)
    clients = [intake.staff(role) for role in ("dispatcher", "interrupter", "case_manager", "analyst", "admin")]
    for method, path in doors:
        for client in (*clients, intake.source("resident"), intake.client("dispatcher", "source", sub="both")):
            there = await client.request(method, path.replace("{incident_id}", incident_id), json={})
            nowhere = await client.request(method, path.replace("{incident_id}", unknown), json={})
            assert there.status_code == nowhere.status_code in {403, 404, 422}, (method, path)
            assert there.content == nowhere.content
    assert await intake.events(incident_id) == before


async def test_it_is_lifted_with_a_reason_and_by_those_who_see_it_alone(intake: Intake) -> None:
    incident_id = await a_restricted_one(intake)
    lifted = {"restricted": False, "reason": "no_longer_needed"}
    for role, status in (("dispatcher", 403), ("auditor", 403), ("program_office", 200)):
        assert (await intake.decide(incident_id, "visibility", lifted, role=role)).status_code == status
    assert (await intake.shown(incident_id))["restricted"] is False
    assert (await intake.decide(incident_id, "visibility", lifted, role="supervisor")).json()["version"] == 3
    assert await intake.events(incident_id) == [("opened", 1), ("visibility_changed", 2), ("visibility_changed", 3)]
    entries = (await intake.staff().get(f"/v1/incidents/{incident_id}/timeline")).json()["items"]
    assert [(one["decided_as"], one["reason"], one["after"]) for one in entries[-2:]] == [
        ("supervisor", "worker_involved", {"restricted": True}),
        ("program_office", "no_longer_needed", {"restricted": False}),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"restricted": True},
        {"restricted": True, "reason": "no_longer_needed"},
        {"restricted": False, "reason": "safety"},
        {"restricted": "cana4ry", "reason": "safety"},
        {"restricted": True, "reason": "cana4ry"},
    ],
)
async def test_what_gives_no_reason_for_it_is_refused(intake: Intake, body: dict[str, object]) -> None:
    incident_id = (await intake.taken())["incident_id"]
    answer = await intake.decide(incident_id, "visibility", body, role="supervisor")
    assert answer.status_code == 422
    assert "ana4ry" not in answer.text
    assert (await intake.shown(incident_id))["restricted"] is False


async def test_staff_restrict_it_as_they_report_it_and_no_source_can(intake: Intake) -> None:
    desk, said = intake.staff(), a_report(restricted=True, source_ref=f"r-{uuid4()}")
    taken = (await intake.post(said, by=desk)).json()
    assert taken["incident"] is None
    incident_id = taken["incident_id"]
    assert (await desk.get(f"/v1/incidents/{incident_id}")).status_code == 404
    shown = (await intake.staff("supervisor").get(f"/v1/incidents/{incident_id}")).json()
    assert (shown["restricted"], shown["state"]) == (True, "activated")
    refused = await intake.post(said, by=intake.source())
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/restricted")


async def test_whoever_attaches_to_it_is_told_no_more_of_it(intake: Intake) -> None:
    """A source that goes on reporting has its reports taken; an incident that staff say is restricted becomes so."""
    desk, said = intake.staff(), a_report(source_ref=f"r-{uuid4()}")
    incident_id = (await intake.post(said, by=desk)).json()["incident_id"]
    attached = (await intake.post(said | {"restricted": True}, by=desk)).json()
    assert (attached["incident_id"], attached["incident"]) == (incident_id, None)
    assert (await intake.post(said | {"injured": 4}, by=desk)).json()["incident"] is None
    told = [name for name, _ in await intake.events(incident_id)]
    assert told[-3:] == ["visibility_changed", "corroborated", "corroborated"], "before more is told of it"
    entries = (await intake.staff("supervisor").get(f"/v1/incidents/{incident_id}/timeline")).json()["items"]
    said = [(one["decided_as"], one["reason"]) for one in entries if one["what"] == "change_visibility"]
    assert said == [("policy", "reported")]


async def test_what_was_part_of_a_restricted_one_says_nothing_of_it_in_its_timeline(intake: Intake) -> None:
    at = point_in("petworth")
    seen = await intake.taken(source_ref=f"p-{uuid4()}", location=at)
    hidden = await a_restricted_one(intake)
    await intake.decide(seen["incident_id"], "merge", {"into": hidden, "reason": "same_event"}, role="supervisor")
    moved = {"reports": [seen["report_id"]], "reason": "other_people"}
    apart = await intake.decide(hidden, "split", moved, role="supervisor")
    assert apart.status_code == 200, apart.text
    address = f"/v1/incidents/{seen['incident_id']}/timeline"
    told = await intake.staff().get(address)
    assert [one["what"] for one in told.json()["items"]] == ["report", "open", "activate"]
    assert hidden not in told.text
    assert "restricted" not in told.text
    by_lead = await intake.staff("supervisor").get(address)
    whole = [one["what"] for one in by_lead.json()["items"]]
    assert whole == ["report", "open", "activate", "merge", "merge", "reopen", "split"]
    assert [one["after"]["other"] for one in by_lead.json()["items"] if one["what"] == "reopen"] == [hidden]


async def test_whoever_repeats_what_became_restricted_does_not_learn_where_it_went(intake: Intake) -> None:
    said, source = a_report(source_ref=f"r-{uuid4()}", relationship="family"), intake.source("resident")
    first = (await intake.post(said, by=source)).json()
    assert first["tell_the_caller"] is not None
    assert (await intake.decide(first["incident_id"], "visibility", REASON, role="supervisor")).status_code == 200
    again = (await intake.post(said, by=source)).json()
    (in_a_batch,) = (await source.post("/v1/reports:batch", json={"reports": [said]})).json()["results"]
    for answer in (again, in_a_batch):
        assert (answer["incident_id"], answer["disposition"]) == (first["incident_id"], "attached")
        assert answer.get("tell_the_caller") is None
    by_lead = await intake.taken(by=intake.staff("supervisor"), relationship="family", restricted=True)
    assert by_lead["tell_the_caller"] is not None
