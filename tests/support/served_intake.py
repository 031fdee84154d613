"""Intake as a process of its own, and its command line run against it."""

import os
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.support.births import said
from tests.support.deployment import Deployment
from tests.support.intake import Intake
from tests.support.waiting import eventually


@dataclass
class Served:
    """`source`: an identity of the test's own, and with it references of its own."""

    intake: Intake
    url: str
    pid: int
    source: str
    token: str

    async def of_own(self, what: str) -> dict[str, Any]:
        """One row of aggregates over the incidents that this test's source reported."""
        async with self.intake.db.transaction() as tx:
            return dict(await tx.row(f"SELECT {what} FROM incidents WHERE source = :source", source=self.source))

    def bearer(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.intake.deployment.token(role, sub=f'a-{role}')}"}

    async def office_decides(self, verb: str) -> None:
        """About this test's source, until it holds: revoke, readmit."""
        async with self.intake.db.transaction() as tx:
            row = await tx.row("SELECT id FROM sources WHERE source = :source", source=self.source)
        address = f"{self.url}/v1/sources/{row['id']}/{verb}"
        async with aiohttp.ClientSession(headers=self.bearer("program_office")) as session:
            answer = await session.post(address)
            assert answer.status == 200, await answer.text()
        await eventually(lambda: self._lets_in(yes=verb == "readmit"))

    async def _lets_in(self, *, yes: bool) -> bool:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.token}"}) as session:
            return ((await session.get(f"{self.url}/v1/reports")).status == 200) is yes

    async def run(self, *words: str, token: str | None = None, url: str | None = None) -> tuple[int, str, str]:
        """`python -m services.intake …`: exit code, output, errors."""
        where = ("--url", url or self.url) if words[0] == "import-crime" else ()
        variables = environment(self.intake.deployment) | {"TRUCE_TOKEN": self.token if token is None else token}
        told = await said("services.intake", *words, *where, environment=variables)
        return told.code, told.out, told.errors


def environment(deployment: Deployment, port: int = 0) -> dict[str, str]:
    settings = deployment.settings("intake")
    return os.environ | {
        "TRUCE_INTAKE_POSTGRES_DSN": settings.postgres_dsn.get_secret_value(),
        "TRUCE_INTAKE_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "TRUCE_INTAKE_OIDC_ISSUER": settings.oidc_issuer,
        "TRUCE_INTAKE_HTTP_PORT": str(port),
    }


async def answers(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
