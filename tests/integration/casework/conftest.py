"""A casework desk on real PostgreSQL and Kafka: two organizations, their people, and the programme's rules."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.casework.programme import read_programme
from services.casework.usecases.load_programme import Loaded, load_programme
from services.casework.usecases.project_organization import project_organization
from services.casework.usecases.project_worker import project_worker
from shared.contracts.events.organizations import OrganizationRegistered
from shared.contracts.events.workers import WorkerRegistered, WorkerSnapshot
from shared.kernel.ids import random_id
from shared.persistence.database import Database
from tests.support.deployment import Deployment
from tests.support.histories import MONDAY_NOON

DC = Path("deploy/programs/dc_onse")


@dataclass(frozen=True)
class Person:
    http: httpx.AsyncClient
    organization: UUID | None
    worker: UUID


class Desk:
    """`heron` and `robin` work for one organization, `wren` for another; each organization has a supervisor."""

    def __init__(self, deployment: Deployment, db: Database) -> None:
        self.deployment = deployment
        self.db = db
        self.organization, self.other_organization = random_id(), random_id()
        self.published = 0

    async def person(self, *roles: str, organization: UUID | None, active: bool = True) -> Person:
        """Known as a worker, with a token of the roles."""
        worker = random_id()
        await self.tell_worker(worker, organization or random_id(), active=active)
        http = await self.deployment.client(
            "casework", *roles, org=organization, worker=worker, sub=f"{roles[0]}-{worker}"
        )
        return Person(http, organization, worker)

    async def tell_worker(self, worker: UUID, organization: UUID, *, active: bool = True, version: int = 1) -> None:
        async with self.db.transaction() as tx:
            await project_worker(tx, worker_registered(worker, organization, active=active, version=version))

    async def tell_organization(self, organization: UUID, *covers: str) -> None:
        async with self.db.transaction() as tx:
            await project_organization(tx, organization_registered(organization, *covers))

    async def set_up(self) -> None:
        await self.tell_organization(self.organization, "park-view")
        await self.tell_organization(self.other_organization, "petworth")
        self.heron = await self.person("case_manager", organization=self.organization)
        self.robin = await self.person("navigator", organization=self.organization)
        self.supervisor = await self.person("supervisor", organization=self.organization)
        self.wren = await self.person("case_manager", organization=self.other_organization)
        self.other_supervisor = await self.person("supervisor", organization=self.other_organization)
        self.office = await self.person("program_office", organization=None)

    async def load_programme(self) -> Loaded:
        async with self.db.transaction() as tx:
            return await load_programme(tx, read_programme(DC))

    async def case(self, *, owner: Person | None = None) -> str:
        """A case of the first organization, assigned if an owner is named."""
        participant = (await self.heron.http.post("/v1/participants", json={})).json()["participant_id"]
        body = {"participant_id": participant, "organization_id": str(self.organization)}
        opened = await self.heron.http.post("/v1/cases", json=body)
        assert opened.status_code == 201, opened.text
        case: str = opened.json()["case_id"]
        if owner is not None:
            assigned = await self.supervisor.http.post(
                f"/v1/cases/{case}/assign", json={"worker_id": str(owner.worker)}
            )
            assert assigned.status_code == 200, assigned.text
        return case

    async def handoff(self, case: str, to: Person, *, by: Person | None = None) -> str:
        asked = await (by or self.heron).http.post(f"/v1/cases/{case}/handoffs", json=request_to(to))
        assert asked.status_code == 201, asked.text
        handoff: str = asked.json()["handoff_id"]
        return handoff

    async def owner(self, case: str) -> tuple[str, str]:
        seen = (await self.office.http.get(f"/v1/cases/{case}")).json()
        return seen["owner_organization"], seen["owner_worker"]

    async def count(self, table: str) -> int:
        async with self.db.transaction() as tx:
            return int((await tx.row(f"SELECT count(*) AS n FROM {table}"))["n"])


def worker_registered(worker: UUID, organization: UUID, *, active: bool = True, version: int = 1) -> WorkerRegistered:
    snapshot = WorkerSnapshot(
        version=version,
        worker_id=worker,
        organization_id=organization,
        call_sign="heron",
        roles=(),
        floater=False,
        active=active,
        on_duty=True,
    )
    return WorkerRegistered(at=MONDAY_NOON, worker=snapshot)


def organization_registered(organization: UUID, *covers: str) -> OrganizationRegistered:
    coverage = [{"community": slug, "from_day": "2018-01-01"} for slug in covers]
    snapshot = {"version": 1, "organization_id": organization, "name": "An organization", "coverage": coverage}
    return OrganizationRegistered.model_validate({"at": MONDAY_NOON, "organization": snapshot})


def request_to(person: Person) -> dict[str, Any]:
    return {"to_worker_id": str(person.worker), "reason": "better_match"}


def custody(person: Person) -> tuple[str, str]:
    """What `Desk.owner` says while this person is responsible."""
    return str(person.organization), str(person.worker)


@pytest.fixture
async def desk(deployment: Deployment) -> Desk:
    made = Desk(deployment, await deployment.database("casework"))
    await made.set_up()
    return made
