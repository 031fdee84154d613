"""`make bench-relay`: 100,000 events wait in the outbox of alerts while reports go on coming and phones go on ringing.

Figures: how fast the backlog drains, and report → first webhook meanwhile. Peer: a bare idempotent producer that sends
the same values to the same broker in the same run.
"""

import asyncio
import sys
import time

import asyncpg

from deploy.local.stack import LocalStack
from shared.messaging.kafka import create_topics, make_producer
from shared.messaging.relay.claim import BATCH
from tests.bench.crowded_city import crowded_city, report
from tests.bench.figures import conclude, percentile
from tests.support.disturbance import Stolen

WAITING = 100_000
PER_SECOND = 5_000.0
P99_MS = 200.0
REPORTS, REPORTS_PER_S = 100, 5.0
# Copies of a real event under roots of their own: each is a first version, so that consumers take every one of them.
_FILL = """
INSERT INTO outbox (event_id, topic, key, headers, value)
SELECT gen_random_uuid(), topic, root, headers || jsonb_build_object('ce_subject', root, 'ce_id', gen_random_uuid()),
       convert_to(replace(convert_from(value, 'UTF8'), key, root), 'UTF8')
FROM (SELECT * FROM outbox WHERE topic = 'alerts.dispatches' AND headers ->> 'ce_aggregateversion' = '1' LIMIT 1) o,
     LATERAL (SELECT gen_random_uuid()::text AS root FROM generate_series(1, $1) n WHERE o.id > 0) r
"""
_LEFT = "SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL LIMIT 100001) w"


async def main() -> int:
    async with crowded_city() as (stack, crowd):
        await crowd.answer()
        outbox = await asyncpg.connect(stack.wiring.databases.dsn("alerts"))
        bare = await _bare_producer(stack, outbox)
        stolen = Stolen()
        drained, reported = await asyncio.gather(_drain(outbox), report(stack, crowd, REPORTS, REPORTS_PER_S))
        await outbox.close()
    took_ms, missing = reported.took_ms, reported.missing
    figures = {
        "events that waited": float(WAITING),
        "reports/s meanwhile": REPORTS_PER_S,
        "drained events/s": drained,
        "report to first webhook meanwhile p50 ms": percentile(took_ms, 0.50),
        "report to first webhook meanwhile p99 ms": percentile(took_ms, 0.99),
        "without a message": float(missing),
        "processor time stolen, %": 100 * stolen.share(),
    }
    ok = drained >= PER_SECOND and missing == 0 and figures["report to first webhook meanwhile p99 ms"] <= P99_MS
    return conclude(
        "relay", figures=figures, peers={"bare producer events/s": bare}, ratios={"relay / bare": drained / bare}, ok=ok
    )


async def _drain(outbox: asyncpg.Connection) -> float:
    """Events per second from the commit that left them waiting to the last one's being published."""
    filled = await outbox.execute(_FILL, WAITING)
    assert filled == f"INSERT 0 {WAITING}", filled
    began = time.perf_counter()
    while await outbox.fetchval(_LEFT):
        await asyncio.sleep(0.1)
    return WAITING / (time.perf_counter() - began)


async def _bare_producer(stack: LocalStack, outbox: asyncpg.Connection) -> float:
    """A fifth of the events, in batches of the relay's size."""
    value = await outbox.fetchval("SELECT value FROM outbox WHERE topic = 'alerts.dispatches' LIMIT 1")
    topic, count = "bench.relay", WAITING // 5
    await create_topics(stack.wiring.kafka_bootstrap, {topic: 12})
    producer = make_producer(stack.wiring.kafka_bootstrap, client_id="bench")
    await producer.start()
    await asyncio.gather(*[await producer.send(topic, value, key=str(number).encode()) for number in range(200)])
    began = time.perf_counter()
    for first in range(0, count, BATCH):
        sent = [await producer.send(topic, value, key=str(number).encode()) for number in range(first, first + BATCH)]
        await asyncio.gather(*sent)
    took_s = time.perf_counter() - began
    await producer.stop()
    return count / took_s


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
