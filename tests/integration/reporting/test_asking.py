"""Who may ask, what is refused and how it is said, and how a programme is loaded."""

from pathlib import Path

import httpx
import pytest

from services.reporting.domain.catalogue import KPIS
from services.reporting.programme import Programme
from services.reporting.queries.ask import MAX_ROWS
from services.reporting.usecases.load_programme import load_programme
from shared.persistence.database import Database
from tests.support import births
from tests.support.deployment import Deployment

DC = Path(__file__).parents[3] / "deploy" / "programs" / "dc_onse"
READERS = ("program_office", "analyst", "auditor", "supervisor", "dispatcher", "admin")
MANY_ALARMS = """
INSERT INTO alarm_facts (service, alarm, subject, version, state, at)
SELECT 'alerts', 'late', CAST(n AS text), 1, 'raised', now() FROM generate_series(1, :rows) n
"""
OTHERS = ("source", "interrupter", "case_manager", "navigator")


async def test_the_programmes_own_people_may_read(deployment: Deployment) -> None:
    await loaded(deployment)
    for role in READERS:
        client = await deployment.client("reporting", role)
        catalogue = await client.get("/v1/kpis")
        assert [item["id"] for item in catalogue.json()["items"]] == list(KPIS)
        assert (await client.get("/v1/kpis/incidents")).status_code == 200


@pytest.mark.parametrize("path", ["/v1/kpis", "/v1/kpis/incidents"])
async def test_nobody_else_may_read(deployment: Deployment, path: str) -> None:
    for role in OTHERS:
        client = await deployment.client("reporting", role)
        assert (await client.get(path)).status_code == 403, role
    stranger = await deployment.client("reporting")
    assert (await stranger.get(path)).status_code == 401


REFUSALS = [
    ("crimes", 404, "incidents, victims"),
    ("incidents?by=outcome", 422, "day, community, ward, cluster, kind, state"),
    ("incidents?by=day,day", 422, "without repeats"),
    ("incidents?by=", 422, "#query/by"),
    ("incidents?period=yesterday", 422, "#query/period"),
    ("incidents?period=2022-02-30", 422, "YYYY-MM-DD"),
    ("incidents?period=2022-08-22..2022-08-21", 422, "from..to"),
    ("incidents?area=nowhere", 422, "kind one of community, ward, cluster"),
    ("incidents?area=police:park-view", 422, "kind one of community, ward, cluster"),
    ("incidents?area=park%00view", 422, "#query/area"),
    ("events?area=park-view", 422, "knows no places"),
    ("incidents?perod=2022-08", 422, "#query/perod"),
    ("Incidents%00", 422, "#path/kpi"),
]


async def test_what_cannot_be_asked_is_refused_with_what_can(deployment: Deployment) -> None:
    await loaded(deployment)
    client = await deployment.client("reporting", "analyst")
    for path, status, said in REFUSALS:
        response = await client.get(f"/v1/kpis/{path}")
        assert response.status_code == status, path
        assert response.headers["content-type"] == "application/problem+json"
        assert said in response.text
        assert not any(sent in response.text for sent in ("crimes", "yesterday", "nowhere", "police"))


async def test_more_rows_than_anyone_can_read_are_refused(deployment: Deployment) -> None:
    db = await loaded(deployment)
    async with db.transaction() as tx:
        await tx.run(MANY_ALARMS, rows=MAX_ROWS)
    client = await deployment.client("reporting", "analyst")
    refused = await client.get("/v1/kpis/alarms?by=subject")
    assert (refused.status_code, "shorter period" in refused.text) == (422, True)
    assert (await client.get("/v1/kpis/alarms")).json()["total"] == {"count": MAX_ROWS}


async def test_without_a_programme_there_are_definitions_and_no_numbers(deployment: Deployment) -> None:
    client = await deployment.client("reporting", "analyst")
    assert (await client.get("/v1/kpis")).status_code == 200
    refused = await client.get("/v1/kpis/incidents")
    assert (refused.status_code, refused.json()["state"]) == (409, "no_programme")


async def test_the_command_line_loads_a_programme_and_loads_it_again(deployment: Deployment) -> None:
    client = await deployment.client("reporting", "analyst")
    code, said = await load(deployment, str(DC))
    assert (code, "America/New_York" in said) == (0, True)
    assert await target_s(client) == 600

    code, _ = await load(deployment, str(DC), "--policy", "dispatch_policy.demo.json")
    assert code == 0
    assert await target_s(client) != 600


async def test_an_unusable_programme_changes_nothing(deployment: Deployment, tmp_path: Path) -> None:
    client = await deployment.client("reporting", "analyst")
    await load(deployment, str(DC))
    (tmp_path / "programme.json").write_text('{"id": "mars", "time_zone": "Mars/Olympus"}')
    (tmp_path / "dispatch_policy.json").write_text("{}")
    code, said = await load(deployment, str(tmp_path))
    assert (code, "time zone" in said) == (1, True)
    assert await target_s(client) == 600


async def loaded(deployment: Deployment) -> Database:
    db = await deployment.database("reporting")
    async with db.transaction() as tx:
        await load_programme(tx, Programme("dc_onse", "America/New_York", {}))
    return db


async def load(deployment: Deployment, *arguments: str) -> tuple[int, str]:
    settings = deployment.settings("reporting")
    variables = {"TRUCE_REPORTING_POSTGRES_DSN": settings.postgres_dsn.get_secret_value()}
    told = await births.said("services.reporting", "load-programme", *arguments, environment=variables)
    return told.code, told.out + told.errors


async def target_s(client: httpx.AsyncClient) -> float:
    response = await client.get("/v1/kpis/response_time_accepted")
    target: float = response.json()["total"]["target_s"]
    return target
