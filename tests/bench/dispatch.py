"""`make bench-dispatch`: from the POST of a report to the first webhook at a phone, on real processes.

Open loop, in bursts: nobody answers while one lasts (a person needs longer), everybody accepts and clears after it.
Peer: a bare Kafka produce → consume round trip at the same rate, in the same run, on the same broker. A burst during
which the host took processor time away is told and measured again.
"""

import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from deploy.local.ports import Ports
from deploy.local.stack import LocalStack, StackOptions
from tests.bench.crowd import Crowd
from tests.bench.disturbance import DISTURBED, Stolen
from tests.bench.figures import conclude, percentile
from tests.bench.round_trip import round_trips_ms
from tests.support.processes import load_programme

PER_SECOND = 20.0
SECONDS = 10
BURSTS = 3
MOST_BURSTS = 10
WARM_UP = 40
PEOPLE = 210
PROGRAMME = Path(__file__).resolve().parents[2] / "deploy" / "programs" / "dc_onse"
ORGANIZATION = UUID("01a20544-203d-7f4f-a556-3273a076745f")
CITY = [("columbia-heights", 38.9265, -77.0300), ("petworth", 38.9420, -77.0250), ("brentwood", 38.9200, -76.9900)]
P99_MS = 100.0
# What a burst left behind (facts, projections) is worked off before the next.
REST_S = 4.0


@dataclass(frozen=True)
class Burst:
    took_ms: list[float]
    missing: int
    stolen: float

    @property
    def is_undisturbed(self) -> bool:
        return self.stolen <= DISTURBED


async def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        stack = LocalStack(Path(place), Ports.free(), StackOptions(fresh=True, durable=True))
        async with stack:
            await stack.start()
            await load_bench_programme(stack)
            crowd = Crowd(stack)
            await crowd.open()
            await crowd.join(PEOPLE, CITY, ORGANIZATION)
            bare_ms = await round_trips_ms(stack.wiring.kafka_bootstrap, per_second=PER_SECOND, count=200)
            await report(stack, crowd, WARM_UP)
            bursts = await _bursts(stack, crowd)
            await crowd.close()
        stack.wipe()
    return _conclude(bursts, bare_ms, crowd)


async def _bursts(stack: LocalStack, crowd: Crowd) -> list[Burst]:
    """Until enough of them were undisturbed, or it is clear that this host will not have it."""
    bursts: list[Burst] = []
    while sum(one.is_undisturbed for one in bursts) < BURSTS and len(bursts) < MOST_BURSTS:
        await crowd.answer()
        await asyncio.sleep(REST_S)
        stolen = Stolen()
        took_ms, missing = await report(stack, crowd, int(PER_SECOND * SECONDS))
        bursts.append(Burst(took_ms, missing, stolen.share()))
    return bursts


async def load_bench_programme(stack: LocalStack) -> None:
    """The programme's own policy, but nobody rests after clearing: the crowd is small for so many incidents."""
    policy = json.loads((PROGRAMME / "dispatch_policy.json").read_text()) | {"rest_s": 0}
    policy_file = stack.places.state / "policy.json"
    policy_file.write_text(json.dumps(policy))
    await load_programme(stack, PROGRAMME, str(policy_file))


async def report(
    stack: LocalStack, crowd: Crowd, count: int, per_second: float = PER_SECOND
) -> tuple[list[float], int]:
    """Milliseconds from sending each report to the first message about it; and how many had none."""
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
    took = [1000 * (crowd.first_at[incident] - at) for incident, at in sent.items() if incident in crowd.first_at]
    return took, len(sent) - len(took)


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


def _conclude(bursts: list[Burst], bare_ms: list[float], crowd: Crowd) -> int:
    """Without a single undisturbed burst there is no verdict, and that is a failure too."""
    undisturbed = [one for one in bursts if one.is_undisturbed]
    took_ms = [one for burst in undisturbed or bursts for one in burst.took_ms]
    missing = sum(one.missing for one in bursts)
    p50_ms, p99_ms = percentile(took_ms, 0.50), percentile(took_ms, 0.99)
    figures = {
        "incidents": len(took_ms),
        "without a message": missing,
        "report to first webhook p50 ms": p50_ms,
        "report to first webhook p99 ms": p99_ms,
        "report to first webhook max ms": max(took_ms),
        "answers refused": len(crowd.failures),
        "bursts undisturbed": len(undisturbed),
        "bursts disturbed by the host": len(bursts) - len(undisturbed),
        "p99 ms with the disturbed ones": percentile([one for burst in bursts for one in burst.took_ms], 0.99),
        "processor time stolen, worst burst, %": 100 * max(one.stolen for one in bursts),
    }
    bare_p50_ms, bare_p99_ms = percentile(bare_ms, 0.50), percentile(bare_ms, 0.99)
    peers = {"kafka round trip p50 ms": bare_p50_ms, "kafka round trip p99 ms": bare_p99_ms}
    ratios = {"p50 path / kafka": p50_ms / bare_p50_ms, "p99 path / kafka": p99_ms / bare_p99_ms}
    ok = missing == 0 and not crowd.failures and bool(undisturbed) and p99_ms <= P99_MS
    return conclude("dispatch", figures=figures, peers=peers, ratios=ratios, ok=ok)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
