"""`make bench-intake`: how many reports a second intake takes, durably, with token and idempotency key.

One process each, on one database server that syncs every commit, with the same client: Truce's route, the same route
written with a SQLModel session per request (`intake_peer.py`), and `pgbench` doing the same inserts, which is the roof.
Truce and the peer take turns. Then Truce at half of what it can (`half_load.py`), and the peer at half of its.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from deploy.local.ports import Ports, free_ports
from deploy.local.stack import LocalStack, StackOptions
from services.intake.programme import read_programme
from services.intake.usecases.load_programme import load_programme
from tests.bench.crowded_city import PROGRAMME
from tests.bench.figures import conclude, percentile
from tests.bench.half_load import HalfLoad, at_half
from tests.bench.in_use import used_before
from tests.bench.inserting import inserts_per_second
from tests.bench.posting import Answers, as_fast_as_possible, at_a_rate
from tests.support.deployment import Deployment
from tests.support.served_intake import answers, environment
from tests.support.waiting import eventually

COUNT, CONNECTIONS, ROUNDS, WARM_UP = 2000, 48, 3, 500
OTHERS_S = 8.0
AT_LEAST, P99_MS = 3.0, 25.0
# Where and when: far enough from each other that each is an incident of its own.
SOUTH, NORTH, WEST, EAST = 38.82, 38.99, -77.11, -76.92
SPAN = timedelta(days=300)
Places = tuple[Deployment, Deployment, dict[str, int]]


class Reports:
    """Prepared requests, each with a key and a reference of its own."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._random = Random(1)
        self._made = 0

    def take(self, count: int) -> list[bytes]:
        return [self._request() for _ in range(count)]

    def _request(self) -> bytes:
        self._made += 1
        body = json.dumps(self._body()).encode()
        head = (
            "POST /v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self._token}\r\nIdempotency-Key: key-{self._made}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _body(self) -> dict[str, Any]:
        at = datetime.now(UTC) - self._random.random() * SPAN
        where = {"lat": self._random.uniform(SOUTH, NORTH), "lon": self._random.uniform(WEST, EAST)}
        return {
            "source_ref": f"ref-{self._made}",
            "kind": "shooting",
            "occurred_at": at.isoformat(),
            "location": where,
            "injured": 1,
            "weapon": "firearm",
            "relationship": "unknown",
            "active_threat": False,
            "exercise": False,
        }


@asynccontextmanager
async def _places() -> AsyncIterator[Places]:
    """Two deployments' worth of intake: Truce's process and the peer's, each with a database of its own."""
    with tempfile.TemporaryDirectory() as place:
        stack = LocalStack(Path(place), Ports.free(), StackOptions(durable=True))
        await stack.start_infrastructure()
        truce, peer = Deployment(stack, "truce"), Deployment(stack, "peer")
        try:
            for deployment in (truce, peer):
                db = await deployment.database("intake")
                async with db.transaction() as tx:
                    await load_programme(tx, read_programme(PROGRAMME))
            dsn = peer.settings("intake").postgres_dsn.get_secret_value()
            port = free_ports(1)[0]
            words = ("-m", "tests.bench.intake_peer", dsn, stack.wiring.issuer_url, str(port))
            ports = {"peer": port, "truce": free_ports(1)[0]}
            async with _process(*words, port=port, ready="/docs"), _truce(truce, ports["truce"]):
                yield truce, peer, ports
        finally:
            await truce.close()
            await peer.close()
            await stack.stop()


def _truce(deployment: Deployment, port: int) -> Any:
    return _process("-m", "services.intake", "api", port=port, ready="/readyz", env=environment(deployment, port))


@asynccontextmanager
async def _process(*words: str, port: int, ready: str, env: dict[str, str] | None = None) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(sys.executable, *words, env=env or dict(os.environ))
    try:
        await eventually(lambda: answers(f"http://127.0.0.1:{port}{ready}"), within_s=30)
        yield
    finally:
        process.terminate()
        await process.wait()


async def main() -> int:
    async with _places() as (deployment, peer, ports):
        reports = Reports(deployment.token("source", sub="bench", source_kind="police"))
        for port in ports.values():
            await as_fast_as_possible(port, reports.take(WARM_UP), connections=CONNECTIONS)
        await _know_their_tables(deployment, peer)
        taken: dict[str, list[Answers]] = {name: [] for name in ports}
        for _ in range(ROUNDS):
            for name, port in ports.items():
                load = reports.take(COUNT)
                taken[name].append(await as_fast_as_possible(port, load, connections=CONNECTIONS))
        truce, other = (statistics.median(one.per_second for one in taken[name]) for name in ("truce", "peer"))
        await used_before(deployment)
        dsn = deployment.settings("intake").postgres_dsn.get_secret_value()
        half = await at_half(ports["truce"], reports.take, dsn, truce / 2)
        others = await at_a_rate(ports["peer"], reports.take(int(other / 2 * OTHERS_S)), per_second=other / 2)
        roof = await inserts_per_second(dsn, CONNECTIONS)
        refused = _refused(*taken["truce"], *(part.half for part in half.parts))
        answered = WARM_UP + ROUNDS * COUNT + sum(len(part.half.took_ms) for part in half.parts) - refused
        lost = answered - await _incidents(deployment)
    refused += _refused(*taken["peer"], others)
    return Found(truce, other, roof, half, percentile(others.took_ms, 0.99), refused, lost).conclude()


def _refused(*answers: Answers) -> int:
    return sum(one.refused() for one in answers)


@dataclass(frozen=True)
class Found:
    """`truce`, `other` and `roof`: per second. `refused`: by the peer too, whose figures would not be its own then."""

    truce: float
    other: float
    roof: float
    half: HalfLoad
    other_p99_ms: float
    refused: int
    lost: int

    def conclude(self) -> int:
        figures = {
            "reports taken per second": self.truce,
            **self.half.figures(),
            "not answered with 201": self.refused,
            "answered and not there": self.lost,
        }
        peers = {
            "SQLModel session per request, per second": self.other,
            "pgbench, the same inserts, per second": self.roof,
            "SQLModel session at half of what it can, p99 ms": self.other_p99_ms,
            "pgbench at the pace of half load, p99 ms": self.half.bare_p99_ms,
            "nothing asked at the same pace, p99 ms": self.half.nothing_p99_ms,
        }
        ratios = {
            "truce / SQLModel session": self.truce / self.other,
            "truce / pgbench": self.truce / self.roof,
            "half load p99, truce / SQLModel session": self.half.p99_ms / self.other_p99_ms,
            "half load p99, truce / pgbench": self.half.p99_ms / self.half.bare_p99_ms,
        }
        return conclude("intake", figures=figures, peers=peers, ratios=ratios, ok=self.is_ok())

    def is_ok(self) -> bool:
        """Without an undisturbed part there is no verdict, and that is a failure too."""
        fast = self.half.has_verdict and self.half.p99_ms <= P99_MS
        return fast and self.truce >= AT_LEAST * self.other and not self.refused and not self.lost


async def _know_their_tables(*deployments: Deployment) -> None:
    """As the server does by itself once a minute: plans made for empty tables are made again."""
    for deployment in deployments:
        db = await deployment.database("intake")
        async with db.transaction() as tx:
            await tx.run("ANALYZE")


async def _incidents(deployment: Deployment) -> int:
    """How many incidents there are with their report, their key and their first event: whole ones alone count."""
    db = await deployment.database("intake")
    async with db.transaction() as tx:
        row = await tx.row(
            "SELECT least((SELECT count(*) FROM incidents), (SELECT count(*) FROM reports),"
            " (SELECT count(*) FROM idempotency_keys),"
            " (SELECT count(DISTINCT key) FROM outbox WHERE topic LIKE '%intake.incidents')) AS whole"
        )
        return int(row["whole"])


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
