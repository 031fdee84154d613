"""A report becomes an incident: located, screened, activated by policy or left to a dispatcher."""

import pytest

from tests.support.intake import NOTHING, Intake, a_report, ago, point_in


async def test_a_trusted_fresh_shooting_is_opened_and_activated_at_once(intake: Intake) -> None:
    taken = await intake.taken()
    incident = taken["incident"]
    assert taken["disposition"] == "opened"
    assert taken["incident_id"] == incident["incident_id"]
    assert (incident["state"], incident["version"]) == ("activated", 2)
    assert incident["activated_at"] == incident["opened_at"] == incident["reported_at"]
    assert incident["sources"] == ["police"]
    assert await intake.events(taken["incident_id"]) == [("opened", 1), ("activated", 2)]


async def test_an_incident_knows_its_community_ward_and_cluster(intake: Intake) -> None:
    incident = (await intake.taken())["incident"]
    assert incident["community"] == {"area_id": "park-view", "name": "Park View", "distance_m": 0.0}
    assert incident["ward"] == "ward-1"
    assert incident["cluster"] == "cluster-2"


async def test_an_incident_far_from_every_community_belongs_to_none(intake: Intake) -> None:
    incident = (await intake.taken(location={"lat": 38.9, "lon": -77.02}))["incident"]
    assert incident["community"] is None
    assert incident["ward"] is not None
    assert incident["state"] == "activated"


async def test_an_incident_outside_the_city_but_inside_its_box_is_taken_and_lies_in_no_area(intake: Intake) -> None:
    incident = (await intake.taken(location={"lat": 38.80, "lon": -76.91}))["incident"]
    assert (incident["community"], incident["ward"], incident["cluster"]) == (None, None, None)


async def test_the_report_is_kept_as_it_came(intake: Intake) -> None:
    client = intake.source()
    text = f'{{"occurred_at": "{ago()}",  "kind":"shooting", "location": {{"lon":-77.02, "lat":38.90}}, "killed":null}}'
    answer = await client.post(
        "/v1/reports",
        content=text,
        headers={"Idempotency-Key": "as-it-came", "Content-Type": "application/json"},
    )
    assert answer.status_code == 201, answer.text
    async with intake.db.transaction() as tx:
        row = await tx.row("SELECT CAST(body AS text) AS body, source, source_kind FROM reports")
    assert (row["body"], row["source"], row["source_kind"]) == (text, "police-feed", "police")


async def test_age_is_judged_on_the_business_clock(intake: Intake) -> None:
    occurred_at = ago(hours=5)
    await intake.deployment.advance(hours=2)
    assert (await intake.taken(occurred_at=occurred_at))["incident"]["state"] == "reported"


async def test_staff_may_leave_out_the_idempotency_key_and_a_source_may_not(intake: Intake) -> None:
    answer = await intake.staff("program_office").post("/v1/reports", json=a_report())
    refused = await intake.source().post("/v1/reports", json=a_report())
    assert answer.status_code == 201
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (428, "idempotency-key-required")
    assert (await intake.counts())["incidents"] == 1


@pytest.mark.parametrize("role", ["interrupter", "case_manager", "navigator", "analyst", "auditor", "admin"])
async def test_others_do_not_report(intake: Intake, role: str) -> None:
    answer = await intake.staff(role).post("/v1/reports", json=a_report())
    assert answer.status_code == 403
    assert await intake.counts() == NOTHING


async def test_a_source_that_does_not_say_what_it_is_is_refused(intake: Intake) -> None:
    for claims in ({}, {"source_kind": "newspaper"}):
        client = intake.client("source", **claims)
        assert (await intake.post(a_report(), by=client)).status_code == 403
    assert await intake.counts() == NOTHING


async def test_without_a_token_nothing_is_taken(intake: Intake) -> None:
    client = intake.client()
    assert (await intake.post(a_report(), by=client)).status_code == 401
    assert await intake.counts() == NOTHING


async def test_reports_are_taken_where_no_stream_runs(intake: Intake) -> None:
    """Kafka has no part in it: events wait in the outbox."""
    await intake.taken(location=point_in("park-view"))
    assert (await intake.counts())["outbox"] == 2


async def test_an_activation_that_comes_too_late_is_refused(intake: Intake) -> None:
    incident_id = (await intake.taken(by=intake.source("resident"), occurred_at=ago(hours=5)))["incident_id"]
    await intake.deployment.advance(hours=1, minutes=1)
    assert (await intake.decide(incident_id, "activate")).status_code == 409
