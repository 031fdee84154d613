"""Who may ask, what is refused and how it is said, and how a programme is loaded."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from services.reporting.domain.catalogue import KPIS
from tests.integration.reporting.conftest import Ledger
from tests.support.deployment import Deployment

DC = Path(__file__).parents[3] / "deploy" / "programs" / "dc_onse"
READERS = ("program_office", "analyst", "auditor", "supervisor", "dispatcher", "admin")
OTHERS = ("source", "interrupter", "case_manager", "navigator")


@pytest.mark.parametrize("role", READERS)
async def test_the_programmes_own_people_may_read(ledger: Ledger, role: str) -> None:
    client = await ledger.deployment.client("reporting", role)
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


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("crimes", 404, "incidents, victims"),
        ("incidents?by=outcome", 422, "day, community, ward, cluster, kind, state"),
        ("incidents?by=day,day", 422, "without repeats"),
        ("incidents?by=", 422, "#query/by"),
        ("incidents?period=yesterday", 422, "#query/period"),
        ("incidents?period=2022-02-30", 422, "YYYY-MM-DD"),
        ("incidents?period=2022-08-22..2022-08-21", 422, "from..to"),
        ("incidents?area=nowhere", 422, "kind one of community, ward, cluster"),
        ("incidents?area=police:park-view", 422, "#query/area"),
        ("incidents?area=park%00view", 422, "#query/area"),
        ("events?area=park-view", 422, "knows no places"),
        ("incidents?perod=2022-08", 422, "#query/perod"),
        ("Incidents%00", 422, "#path/kpi"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_what_can(ledger: Ledger, path: str, status: int, said: str) -> None:
    response = await ledger.client.get(f"/v1/kpis/{path}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert said in response.text
    assert not any(sent in response.text for sent in ("crimes", "yesterday", "nowhere", "police"))


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

    code, said = await load(deployment, str(tmp_path), "--policy", "other.json")
    assert (code, "other.json" in said) == (1, True)


async def load(deployment: Deployment, *arguments: str) -> tuple[int, str]:
    settings = deployment.settings("reporting")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.reporting",
        "load-programme",
        *arguments,
        env={"TRUCE_REPORTING_POSTGRES_DSN": settings.postgres_dsn.get_secret_value()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def target_s(client: httpx.AsyncClient) -> float:
    response = await client.get("/v1/kpis/response_time_accepted")
    target: float = response.json()["total"]["target_s"]
    return target
