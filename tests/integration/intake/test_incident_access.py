"""Who is refused, and what no answer tells."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.intake import Intake, a_report


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=201", 422),
        ("limit=cana4ry", 422),
        ("state=cana4ry", 422),
        ("kind=cana4ry", 422),
        ("community=Cana4ry", 422),
        ("community=cana4ry%00", 422),
        ("queue=cana4ry", 422),
        ("order=cana4ry", 422),
        ("cursor=cana4ry", 400),
        ("cursor=WyIyMDI0LTAxLTAxIiwgIngiXQ", 400),
        ("cursor=WyIyMDI0LTAxLTAxVDAwOjAwOjAwIiwgIjAxOGYyMmUyLTc5YjAtN2NjMy05OGM0LWRjMGMwYzA3Mzk4ZiJd", 400),
        ("cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgIjAxOGYyMmUyLTc5YjAtN2NjMy05OGM0LWRjMGMwYzA3Mzk4YiJd", 400),
        ("cursor=" + "A" * 501, 422),
    ],
)
async def test_a_query_that_cannot_be_is_refused(intake: Intake, query: str, status: int) -> None:
    answer = await intake.staff().get(f"/v1/incidents?{query}")
    assert answer.status_code == status
    assert "ana4ry" not in answer.text


@pytest.mark.parametrize("role", ["interrupter", "case_manager", "navigator", "analyst", "admin"])
async def test_others_see_no_incident_here(intake: Intake, role: str) -> None:
    incident_id = (await intake.taken())["incident_id"]
    client = intake.staff(role)
    assert (await client.get("/v1/incidents")).status_code == 403
    assert (await client.get(f"/v1/incidents/{incident_id}")).status_code == 403


async def test_a_source_sees_the_state_of_what_it_reported_and_nothing_else(intake: Intake) -> None:
    police, hospital = intake.source("police"), intake.source("hospital")
    incident_id = (await intake.taken(by=police))["incident_id"]
    own = await police.get(f"/v1/incidents/{incident_id}")
    assert own.json() == {"incident_id": incident_id, "state": "activated"}
    foreign = await hospital.get(f"/v1/incidents/{incident_id}")
    unknown = await hospital.get(f"/v1/incidents/{uuid4()}")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.content == unknown.content
    assert (await police.get("/v1/incidents")).status_code == 403


async def test_an_incident_that_is_not_there_is_not_found(intake: Intake) -> None:
    client = intake.staff()
    assert (await client.get(f"/v1/incidents/{uuid4()}")).status_code == 404
    assert (await client.get("/v1/incidents/cana4ry")).status_code == 422


async def test_no_answer_carries_the_reports_words(intake: Intake) -> None:
    taken = await intake.taken(source_ref="cana4ry-1")
    answers: list[Any] = [
        await intake.staff().get(f"/v1/incidents/{taken['incident_id']}"),
        await intake.staff().get("/v1/incidents"),
        await intake.post(a_report(source_ref="cana4ry-1", injured=5)),
    ]
    assert all("cana4ry" not in answer.text for answer in answers)
