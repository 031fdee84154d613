"""`make bench-dispatch`: from the POST of a report to the first webhook at a phone, on real processes.

Open loop, in bursts: nobody answers while one lasts (a person needs longer), everybody accepts and clears after it.
Peer: a bare Kafka produce → consume round trip at the same rate, in the same run, on the same broker. A burst during
which the host took processor time away is told and measured again.
"""

import asyncio
import sys
from dataclasses import dataclass

from deploy.local.stack import LocalStack
from tests.bench.crowd import Crowd
from tests.bench.crowded_city import crowded_city, report
from tests.bench.figures import conclude, percentile
from tests.bench.round_trip import round_trips_ms
from tests.support.disturbance import DISTURBED, Stolen

PER_SECOND = 20.0
SECONDS = 10
BURSTS = 3
MOST_BURSTS = 10
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
    async with crowded_city() as (stack, crowd):
        bare_ms = await round_trips_ms(stack.wiring.kafka_bootstrap, per_second=PER_SECOND, count=200)
        bursts = await _bursts(stack, crowd)
    return _conclude(bursts, bare_ms, crowd)


async def _bursts(stack: LocalStack, crowd: Crowd) -> list[Burst]:
    """Until enough of them were undisturbed, or it is clear that this host will not have it."""
    bursts: list[Burst] = []
    while sum(one.is_undisturbed for one in bursts) < BURSTS and len(bursts) < MOST_BURSTS:
        await crowd.answer()
        await asyncio.sleep(REST_S)
        stolen = Stolen()
        took_ms, missing = await report(stack, crowd, int(PER_SECOND * SECONDS), PER_SECOND)
        bursts.append(Burst(took_ms, missing, stolen.share()))
    return bursts


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
