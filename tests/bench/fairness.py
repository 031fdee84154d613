"""`make bench-fairness`: what receivers that hang cost the healthy ones; and a client that thousands gave up on.

The whole sender on a real database. Open loop: every endpoint has a message every few seconds. Measured is how long a
healthy receiver's message takes from being queued to being settled, by turns: while the other half of the receivers is
healthy too (the peer), and while it takes the connection and never answers, so many that their calls alone would fill a
sender without bulkheads. Then 100,000 calls are cancelled at every stage, and the client still works.
"""

import asyncio
import ipaddress
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import uvloop

from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.outcomes import Delivered
from services.alerts.delivery.secret_box import endpoint_secret_context
from services.alerts.delivery.transport import AiohttpTransport
from shared.kernel.ids import new_id
from shared.persistence.database import Database
from shared.persistence.hint import COALESCE_S
from tests.bench.alerts_alone import BOX, alerts_alone
from tests.bench.figures import conclude, percentile
from tests.bench.receiving import Receiving, receiving
from tests.support.deployment import Deployment
from tests.support.disturbance import Stolen
from tests.support.senders import new_secret, sender_of

HEALTHY = HANGING = 200
EVERY_S = 6
SECONDS, TURNS = 18, 3
MOST_RATIO = 1.5
CANCELLED, AT_ONCE = 100_000, 200
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
_ENDPOINT = """
INSERT INTO webhook_endpoints (id, version, owner_kind, url, secret_sealed, enabled, created_at)
VALUES (:id, 1, 'duty_dispatcher', :url, :secret, true, clock_timestamp())
"""
_QUEUE = """
INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, next_attempt_at)
SELECT gen_random_uuid(), 'urgent', :kind, CAST(:endpoint AS uuid), :body, 'pending', 0, clock_timestamp()
"""
_TOOK = """
SELECT extract(epoch FROM d.settled_at - d.created_at)::float8 * 1000 AS took_ms FROM deliveries d
JOIN webhook_endpoints e ON e.id = d.endpoint_id
WHERE e.url LIKE '%/healthy/%' AND d.state = 'delivered' AND d.kind = :kind
"""
_CALL_OFF = """
UPDATE deliveries SET state = 'cancelled', next_attempt_at = NULL
WHERE state IN ('pending', 'retry_scheduled') AND endpoint_id IN (
    SELECT id FROM webhook_endpoints WHERE url LIKE '%/hang/%')
"""
_UNDER_WAY = "SELECT count(*) AS attempts FROM deliveries WHERE state NOT IN ('delivered', 'dead', 'cancelled')"


@dataclass
class Turns:
    nobody_hangs_ms: list[float] = field(default_factory=list)
    beside_ms: list[float] = field(default_factory=list)
    lost: int = 0


@dataclass
class City:
    deployment: Deployment
    db: Database
    receiver: Receiving
    healthy: list[str]
    others: list[str]
    hanging: list[str]


async def main() -> int:
    stolen, secret = Stolen(), new_secret()
    with tempfile.TemporaryDirectory() as place:
        async with receiving(Path(place), {"": secret}) as receiver:
            async with city(receiver, secret) as there:
                turns = await _turns(there)
            cancelled_s, after = await _cancelled(receiver)
    return _conclude(turns, cancelled_s, after, receiver.account, stolen.share())


@asynccontextmanager
async def city(receiver: Receiving, secret: str) -> AsyncIterator[City]:
    async with alerts_alone() as (deployment, db):
        made: dict[str, list[str]] = {"healthy": [], "others": [], "hang": []}
        async with db.transaction() as tx:
            for kind, count in (("healthy", HEALTHY), ("others", HANGING), ("hang", HANGING)):
                for number in range(count):
                    endpoint = new_id()
                    sealed = BOX.seal(secret, context=endpoint_secret_context(endpoint))
                    await tx.run(_ENDPOINT, id=endpoint, url=receiver.url(f"/{kind}/{number}"), secret=sealed)
                    made[kind].append(str(endpoint))
        yield City(deployment, db, receiver, made["healthy"], made["others"], made["hang"])


async def _turns(there: City) -> Turns:
    """By turns, so that whatever else the machine does is held against both."""
    turns = Turns()
    async with _sending(there):
        await _turn(there, there.healthy + there.others, "warm", seconds=EVERY_S)
        for number in range(TURNS):
            for others, kept in ((there.others, turns.nobody_hangs_ms), (there.hanging, turns.beside_ms)):
                kind = f"{number}.{len(kept)}.{'hang' if others is there.hanging else 'well'}"
                took_ms = await _turn(there, _mixed(there.healthy, others), kind, seconds=SECONDS)
                turns.lost += SECONDS // EVERY_S * HEALTHY - len(took_ms)
                kept.extend(took_ms)
    return turns


@asynccontextmanager
async def _sending(there: City) -> AsyncIterator[None]:
    async with AiohttpTransport(AddressGuard(LOOPBACK)) as transport:
        sender = sender_of(there.deployment, there.db, transport)
        woken = asyncio.Event()
        sending, waking = asyncio.create_task(sender.run(woken)), asyncio.create_task(_wake(woken))
        try:
            yield
        finally:
            for task in (sending, waking):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await sender.drain()


async def _wake(woken: asyncio.Event) -> None:
    """As the hints do after each commit."""
    while True:
        woken.set()
        await asyncio.sleep(COALESCE_S)


async def _turn(there: City, endpoints: list[str], kind: str, *, seconds: int) -> list[float]:
    """One message every few seconds for each, evenly spread; how long each healthy one's took, milliseconds.

    Whatever still hangs is called off and waited for, so that no turn burdens the next.
    """
    began, count = time.perf_counter(), len(endpoints)
    for number in range(seconds // EVERY_S * count):
        await asyncio.sleep(max(0.0, began + number * EVERY_S / count - time.perf_counter()))
        facts = {"endpoint": endpoints[number % count], "kind": kind, "body": b'{"type":"bench"}'}
        await there.db.retrying(lambda tx, facts=facts: tx.run(_QUEUE, **facts))
    until, under_way = time.perf_counter() + 15, 1
    while under_way and time.perf_counter() < until:
        await asyncio.sleep(0.2)
        async with there.db.transaction() as tx:
            await tx.run(_CALL_OFF)
            under_way = (await tx.row(_UNDER_WAY))["attempts"]
    async with there.db.transaction() as tx:
        return [row["took_ms"] for row in await tx.rows(_TOOK, kind=kind)]


def _mixed(some: list[str], others: list[str]) -> list[str]:
    """One of each in turn."""
    return [one for pair in zip(some, others, strict=True) for one in pair]


async def _cancelled(receiver: Receiving) -> tuple[float, list[float]]:
    """How long it took to give up on all, and how long each message after it, milliseconds."""
    timeout, began = timedelta(seconds=3), time.perf_counter()
    async with AiohttpTransport(AddressGuard(LOOPBACK)) as transport:
        for batch in range(CANCELLED // AT_ONCE):
            urls = [receiver.url(f"/{kind}/0") for kind in ("healthy", "hang") for _ in range(AT_ONCE // 2)]
            calls = [asyncio.create_task(transport.post(url, _HEADERS, b"{}", timeout=timeout)) for url in urls]
            await asyncio.wait(calls, timeout=0.002 * (batch % 20))
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
        took_s, after = time.perf_counter() - began, list[float]()
        for _ in range(500):
            outcome = await transport.post(receiver.url("/healthy/0"), _HEADERS, b"{}", timeout=timeout)
            if isinstance(outcome, Delivered):
                after.append(1000 * outcome.duration.total_seconds())
    return took_s, after


_HEADERS = {"webhook-id": "cancelled", "content-type": "application/json"}


def _conclude(turns: Turns, cancelled_s: float, after: list[float], account: dict[str, int], stolen: float) -> int:
    ratio = percentile(turns.beside_ms, 0.99) / percentile(turns.nobody_hangs_ms, 0.99)
    figures = {
        "healthy receivers": HEALTHY,
        "receivers that hang": HANGING,
        "healthy beside them, queued to settled p50 ms": percentile(turns.beside_ms, 0.50),
        "healthy beside them, queued to settled p99 ms": percentile(turns.beside_ms, 0.99),
        "healthy messages lost": turns.lost,
        "calls cancelled": CANCELLED,
        "calls cancelled per second": CANCELLED / cancelled_s,
        "delivered after them, of 500": len(after),
        "after them p99 ms": percentile(after, 0.99) if after else 0.0,
        "processor time stolen, %": 100 * stolen,
    }
    peers = {
        "nobody hangs, queued to settled p50 ms": percentile(turns.nobody_hangs_ms, 0.50),
        "nobody hangs, queued to settled p99 ms": percentile(turns.nobody_hangs_ms, 0.99),
    }
    ok = ratio <= MOST_RATIO and not turns.lost and len(after) == 500
    return conclude(
        "fairness", figures=figures, peers=peers, ratios={"p99 beside those that hang / nobody hangs": ratio}, ok=ok
    )


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
