"""A workforce built through the API, and a look at what was stored and what will be published."""

import json
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.alerts.domain.candidates import Candidate
from services.alerts.queries.candidates import About, candidate
from services.alerts.usecases.dispatching.reconsider_exhausted import hear_requests
from services.alerts.usecases.programme.load_policy import load_policy
from shared.kernel.geo import Point
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.database import Database
from tests.support.deployment import Deployment

HOME = {"lat": 38.94, "lon": -77.02}
PETWORTH = {"community": "petworth", "from_day": "2020-01-01", "until_day": None}


class Workforce:
    def __init__(self, deployment: Deployment, db: Database) -> None:
        self.deployment = deployment
        self.db = db
        self._numbers = count(1)
        self._clients: dict[tuple[Any, ...], httpx.AsyncClient] = {}

    async def acting(
        self, *roles: str, org: UUID | str | None = None, worker: Any = None, **claims: str
    ) -> httpx.AsyncClient:
        key = (roles, str(org), str(worker), *claims.values())
        if key not in self._clients:
            self._clients[key] = await self.deployment.client("alerts", *roles, org=org, worker=worker, **claims)  # type: ignore[arg-type] # told as text just the same
        return self._clients[key]

    async def organization(self, **changes: Any) -> dict[str, Any]:
        body = {"name": f"Organization {next(self._numbers)}", "coverage": [PETWORTH]} | changes
        return created(await (await self.acting("program_office")).post("/v1/organizations", json=body))

    async def interrupter(self, org: str, **changes: Any) -> dict[str, Any]:
        supervisor = await self.acting("supervisor", org=org)
        return created(await supervisor.post("/v1/interrupters", json=self.body(org, **changes)))

    async def somebody(self) -> dict[str, Any]:
        """Of an organization of their own."""
        return await self.interrupter((await self.organization())["id"])

    async def now(self) -> datetime:
        moment: datetime = await self.one("SELECT app_now()")
        return moment

    def body(self, org: str, **changes: Any) -> dict[str, Any]:
        return {
            "organization_id": org,
            "call_sign": f"heron-{next(self._numbers)}",
            "roles": ["scene"],
            "team_community": "petworth",
            "home": HOME,
            "licences": [PETWORTH],
        } | changes

    async def supervisor_of(self, person: dict[str, Any]) -> httpx.AsyncClient:
        return await self.acting("supervisor", org=person["organization_id"])

    async def as_candidate(self, person: dict[str, Any]) -> Candidate:
        """As a decision about an incident in Petworth reads them."""
        async with self.db.transaction() as tx:
            about = About(new_id(), DispatchRole.SCENE, "petworth", "America/New_York", Point(38.94, -77.02))
            found = await candidate(tx, person["id"], about)
        assert found is not None
        return found

    async def published(self) -> list[tuple[str, dict[str, Any]]]:
        """Type and body of every event, in the order in which they happened."""
        async with self.db.transaction() as tx:
            rows = await tx.rows("SELECT headers ->> 'ce_type' AS type, value FROM outbox ORDER BY id")
        return [(row["type"], json.loads(row["value"])) for row in rows]

    async def all(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.db.transaction() as tx:
            return [dict(row) for row in await tx.rows(statement, **parameters)]

    async def one(self, statement: str, **parameters: Any) -> Any:
        [row] = await self.all(statement, **parameters)
        [value] = row.values()
        return value

    async def exhausted_dispatch(self) -> UUID:
        """A dispatch that nobody is left for, with nothing asked of the engine."""
        incident_id = new_id()
        async with self.db.transaction() as tx:
            await tx.run(
                """INSERT INTO dispatches (incident_id, version, state, incident, incident_version, policy_name,
                     policy_version, policy, activated_at, opened_at, exhausted_count, exhausted_roles,
                     reconsider_at)
                   VALUES (:id, 1, 'exhausted', '{}', 1, 'p', 1, '{}', app_now(), app_now(), 1, '{scene}',
                           app_now() + interval '1 hour')""",
                id=incident_id,
            )
        return incident_id

    async def is_to_be_reconsidered(self, incident_id: UUID) -> bool:
        """Tells, and forgets, so that the next ask shows."""
        async with self.db.transaction() as tx:
            await hear_requests(tx)
            asked = "UPDATE dispatches SET reconsider_at = app_now() + interval '1 hour' WHERE incident_id = :id"
            return bool(await tx.run(f"{asked} AND reconsider_at <= app_now()", id=incident_id))


def created(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def pointers(answer: httpx.Response) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


@pytest.fixture
async def workforce(deployment: Deployment) -> Workforce:
    return Workforce(deployment, await deployment.database("alerts"))


@pytest.fixture
async def planned(workforce: Workforce) -> Workforce:
    """With a programme, and so with a clock for its shifts."""
    async with workforce.db.transaction() as tx:
        await load_policy(tx, "p", {"time_zone": "America/New_York"})
    return workforce


@pytest.fixture
async def heron(workforce: Workforce) -> dict[str, Any]:
    """Somebody on duty."""
    return await workforce.interrupter((await workforce.organization())["id"], call_sign="heron", on_duty=True)
