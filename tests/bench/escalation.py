"""`make bench-escalation`: how late the next person is asked after somebody's silence, and never early.

Five hundred questions whose deadlines pass within a minute, two engines as processes beside each other, a receiver that
takes every message. Late is from the deadline to the call of the next person's phone. Peer: a bare loop that looks for
passed deadlines as often as an engine does and touches nothing.
"""

import asyncio
import base64
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import uvloop

from deploy.local import topology
from deploy.local.ports import Ports
from deploy.local.probes import AnswersOk
from deploy.local.processes import ProcessSpec
from deploy.local.stack import LocalStack, StackOptions
from deploy.local.topology import Wiring
from services.alerts.delivery.secret_box import SecretBox
from services.alerts.programme import read_programme
from services.alerts.usecases.dispatching.follow_incident import follow_incident
from services.alerts.usecases.programme.load_policy import load_policy
from shared.persistence.database import Database
from tests.bench.crowded_city import PROGRAMME
from tests.bench.figures import conclude, percentile
from tests.bench.receiving import receiving
from tests.support.activations import activated
from tests.support.disturbance import Stolen
from tests.support.senders import new_secret
from tests.support.workforce import COMMUNITIES, MIDDLE, hire

OFFERS, WITHIN_S, PEOPLE = 500, 60.0, 1_200
BEGIN_IN_S, POLL_S = 3.0, 0.25
LATEST_MS = 1_000.0
_LONG = {
    "acknowledge_within_s": 3600,
    "accept_within_s": 3600,
    "undelivered_after_s": 3600,
    "rest_s": 0,
    "escalation": [],
    "rules": [],
}
_ALL_CALLED = "SELECT count(*) = $1 FROM offers WHERE delivered_at IS NOT NULL"
# One after another, evenly; by the clock that judges them.
_SET_DEADLINES = """
UPDATE offers o SET acknowledge_by = t.at, next_action_at = t.at FROM (
    SELECT id, clock_timestamp() + make_interval(secs => $1 + $2 * (row_number() OVER (ORDER BY id)) / $3) AS at
    FROM offers) t WHERE o.id = t.id
"""
_PASSED = "SELECT count(*) FROM offers WHERE state IN ('open', 'acknowledged') AND acknowledge_by <= clock_timestamp()"
_CALLED = "SELECT count(*) = $1 FROM deliveries WHERE state = 'delivered'"
_LATE = """
SELECT extract(epoch FROM m.first_attempt_at - a.acknowledge_by)::float8 * 1000 AS called_ms,
       extract(epoch FROM b.made_at - a.acknowledge_by)::float8 * 1000 AS judged_ms
FROM offers a JOIN offers b ON b.incident_id = a.incident_id AND b.made_at > a.made_at
JOIN deliveries m ON m.offer_id = b.id WHERE a.state = 'expired'
"""
_BROKEN = """
SELECT count(*) FROM dispatches d WHERE (1, 1) <> (
    SELECT count(*) FILTER (WHERE state = 'expired'), count(*) FILTER (WHERE state = 'open')
    FROM offers o WHERE o.incident_id = d.incident_id)
"""


def two_engines(wiring: Wiring) -> list[ProcessSpec]:
    (first,) = (spec for spec in topology.services(wiring) if spec.name == "alerts-engine")
    port = wiring.ports.alerts_stream
    environment = {**first.environment, "TRUCE_ALERTS_METRICS_PORT": str(port)}
    second = replace(first, name="alerts-engine-2", is_ready=AnswersOk(port), environment=environment)
    return [first, second]


async def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        stack = LocalStack(Path(place) / "stack", Ports.free(), StackOptions(durable=True, services=two_engines))
        secret = new_secret()
        async with stack, receiving(Path(place), {"": secret}) as receiver:
            await stack.start()
            db = Database(stack.wiring.databases.dsn("alerts"))
            await _ask_everybody(db, stack, receiver.url(""), secret)
            watch = await asyncpg.connect(db.dsn)
            await _until(watch, _ALL_CALLED, OFFERS, within_s=60)
            stolen = Stolen()
            await watch.execute(_SET_DEADLINES, BEGIN_IN_S, WITHIN_S, float(OFFERS))
            bare_ms = await _bare_loop(watch)
            await _until(watch, _CALLED, 2 * OFFERS, within_s=30)
            late = [tuple(row) for row in await watch.fetch(_LATE)]
            broken = await watch.fetchval(_BROKEN)
            await watch.close()
            await db.close()
        stack.wipe()
    return _conclude(late, broken, bare_ms, receiver.account, stolen.share())


async def _ask_everybody(db: Database, stack: LocalStack, url: str, secret: str) -> None:
    box = SecretBox(base64.b64decode(stack.wiring.credentials.secrets_key))
    await hire(db, PEOPLE, box=box, url=url, secret=secret, able_only=True)
    programme = read_programme(PROGRAMME)
    async with db.transaction() as tx:
        await load_policy(tx, programme.policy_name, {**programme.policy_body, **_LONG})
    for number in range(OFFERS):
        community = COMMUNITIES[number % len(COMMUNITIES)]
        event = activated(datetime.now(UTC), community=community, lat=MIDDLE[0], lon=MIDDLE[1])
        async with db.transaction() as tx:
            await follow_incident(tx, event)


async def _bare_loop(watch: asyncpg.Connection) -> list[float]:
    """How late such a loop sees each deadline, milliseconds; goes on until the last has passed and is dealt with."""
    deadlines = "SELECT id, extract(epoch FROM acknowledge_by)::float8 AS at FROM offers WHERE made_at < $1"
    due = {row["id"]: row["at"] for row in await watch.fetch(deadlines, datetime.now(UTC))}
    last, seen = max(due.values()), dict[object, float]()
    while time.time() < last or await watch.fetchval(_PASSED):
        now = await watch.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
        seen |= {one: 1000 * (now - at) for one, at in due.items() if at <= now and one not in seen}
        await asyncio.sleep(POLL_S)
    return list(seen.values())


async def _until(watch: asyncpg.Connection, condition: str, count: int, *, within_s: float) -> None:
    until = time.perf_counter() + within_s
    while not await watch.fetchval(condition, count):
        assert time.perf_counter() < until, f"not within {within_s} s: {condition}"
        await asyncio.sleep(0.1)


def _conclude(
    late: list[tuple[float, float]], broken: int, bare_ms: list[float], account: dict[str, int], stolen: float
) -> int:
    called = [one for one, _ in late]
    early = sum(judged < 0 for _, judged in late)
    figures = {
        "deadlines": len(late),
        "next person called after the deadline p50 ms": percentile(called, 0.50),
        "next person called after the deadline p99 ms": percentile(called, 0.99),
        "next person called after the deadline max ms": max(called),
        "early": early,
        "dispatches not with one expired and one open": broken,
        "messages received": account["messages"],
        "messages received again": account["messages"] - account["ids"],
        "processor time stolen, %": 100 * stolen,
    }
    peers = {
        "a bare loop sees it p50 ms": percentile(bare_ms, 0.50),
        "a bare loop sees it p99 ms": percentile(bare_ms, 0.99),
    }
    ratios = {"p99 called / seen": figures["next person called after the deadline p99 ms"] / percentile(bare_ms, 0.99)}
    all_there = len(late) == OFFERS and account["ids"] == account["messages"] == 2 * OFFERS and not account["bad"]
    ok = all_there and not early and not broken and percentile(called, 0.99) <= LATEST_MS
    return conclude("escalation", figures=figures, peers=peers, ratios=ratios, ok=ok)


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
