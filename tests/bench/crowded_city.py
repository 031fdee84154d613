"""A whole stack with a crowd of interrupters on duty, and reports in an open loop: the ground of the benches."""

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from deploy.local.ports import Ports
from deploy.local.stack import LocalStack, StackOptions
from tests.bench.crowd import Crowd
from tests.support.intake import telling_all_apart
from tests.support.processes import load_programme

PEOPLE = 210
WARM_UP, WARM_UP_PER_S = 40, 20.0
PROGRAMME = Path(__file__).resolve().parents[2] / "deploy" / "programs" / "dc_onse"
ORGANIZATION = UUID("01a20544-203d-7f4f-a556-3273a076745f")
CITY = [("columbia-heights", 38.9265, -77.0300), ("petworth", 38.9420, -77.0250), ("brentwood", 38.9200, -76.9900)]


@asynccontextmanager
async def crowded_city() -> AsyncIterator[tuple[LocalStack, Crowd]]:
    """Warmed up; those who were asked for it have not answered yet."""
    with tempfile.TemporaryDirectory() as place:
        stack = LocalStack(Path(place), Ports.free(), StackOptions(fresh=True, durable=True))
        async with stack:
            await stack.start()
            await _load_programme(stack)
            crowd = Crowd(stack)
            await crowd.open()
            await crowd.join(PEOPLE, CITY, ORGANIZATION)
            await report(stack, crowd, WARM_UP, WARM_UP_PER_S)
            yield stack, crowd
            await crowd.close()
        stack.wipe()


async def _load_programme(stack: LocalStack) -> None:
    """The programme's own policy, but nobody rests after clearing and one role is asked for: the crowd is small for so
    many incidents. They are all at three places within a minute, so the rule is one that tells all of them apart.
    """
    policy = json.loads((PROGRAMME / "dispatch_policy.json").read_text()) | {"rest_s": 0, "rules": []}
    policy_file = stack.places.state / "policy.json"
    policy_file.write_text(json.dumps(policy))
    folder = stack.places.state / "programme"
    shutil.copytree(PROGRAMME, folder)
    programme = json.loads((folder / "programme.json").read_text())
    (folder / "programme.json").write_text(json.dumps(telling_all_apart(programme)))
    await load_programme(stack, folder, str(policy_file))


@dataclass(frozen=True)
class Reported:
    """`sent_at` and `arrived_at`: incident → when its report was sent, and its first message came (perf_counter)."""

    sent_at: dict[str, float]
    arrived_at: dict[str, float]

    @property
    def took_ms(self) -> list[float]:
        """From sending each report to the first message about it."""
        return [1000 * (self.arrived_at[incident] - at) for incident, at in self.sent_at.items() if self.has(incident)]

    @property
    def missing(self) -> int:
        return sum(not self.has(incident) for incident in self.sent_at)

    def has(self, incident: str) -> bool:
        return incident in self.arrived_at


async def report(stack: LocalStack, crowd: Crowd, count: int, per_second: float) -> Reported:
    """Open loop: sent at fixed times whatever the answers do. Waits for the messages."""
    token = stack.token(["source"], sub="bench", source_kind="police")
    headers = {"Authorization": f"Bearer {token}"}
    sent: dict[str, float] = {}
    began = time.perf_counter()
    async with (
        aiohttp.ClientSession(stack.wiring.url("intake"), headers=headers) as session,
        asyncio.TaskGroup() as all_,
    ):
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            all_.create_task(_post(session, number, sent))
    until = time.perf_counter() + 20
    while time.perf_counter() < until and not sent.keys() <= crowd.first_at.keys():
        await asyncio.sleep(0.05)
    return Reported(sent, {incident: at for incident, at in crowd.first_at.items() if incident in sent})


async def _post(session: aiohttp.ClientSession, number: int, sent: dict[str, float]) -> None:
    at = time.perf_counter()
    _, lat, lon = CITY[number % len(CITY)]
    body: dict[str, Any] = {
        "source_ref": f"bench-{at}",
        "kind": "shooting",
        "occurred_at": datetime.now(UTC).isoformat(),
        "location": {"lat": lat, "lon": lon},
        "injured": 1,
        "killed": None,
        "weapon": "firearm",
        "relationship": "unknown",
        "active_threat": False,
        "exercise": False,
    }
    async with session.post(
        "/v1/reports",
        data=json.dumps(body),
        headers={"Idempotency-Key": f"bench-{at}", "Content-Type": "application/json"},
    ) as answer:
        assert answer.status == 201, await answer.text()
        sent[(await answer.json())["incident_id"]] = at
