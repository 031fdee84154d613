"""`make bench-dispatch`: from the POST of a report to the first webhook at a phone, on real processes.

Open loop, in bursts: nobody answers while one lasts (a person needs longer), everybody accepts and clears after it.
Peer: a bare Kafka produce → consume round trip at the same rate, in the same run, on the same broker. A burst during
which the host took processor time away is told and measured again. Where the time goes is told stage by stage. At the
end the city's worst hour: 600 incidents within a minute, while people decline, accept and clear.
"""

import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass

from deploy.local.stack import LocalStack
from tests.bench.crowd import Crowd
from tests.bench.crowded_city import Reported, crowded_city, report
from tests.bench.figures import conclude, percentile
from tests.bench.processor_time import ProcessorTime
from tests.bench.round_trip import round_trips_ms
from tests.bench.stages import stages_ms, told
from tests.bench.worst_hour import WorstHour, worst_hour
from tests.support.disturbance import DISTURBED, Stolen

PER_SECOND = 20.0
SECONDS = 10
BURSTS = 3
MOST_BURSTS = 10
P50_MS, P99_MS = 25.0, 100.0
HOUR_INCIDENTS, HOUR_PER_SECOND = 600, 10.0
# What a burst left behind (facts, projections) is worked off before the next.
REST_S = 4.0


@dataclass(frozen=True)
class Burst:
    reported: Reported
    stolen: float
    worked_ms: Counter[str]

    @property
    def is_undisturbed(self) -> bool:
        return self.stolen <= DISTURBED


async def main() -> int:
    async with crowded_city() as (stack, crowd):
        bare_ms = await round_trips_ms(stack.wiring.kafka_bootstrap, per_second=PER_SECOND, count=200)
        bursts = await _bursts(stack, crowd)
        stages = await _stages(stack, _judged(bursts))
        await crowd.answer()
        await asyncio.sleep(REST_S)
        hour = await worst_hour(stack, crowd, incidents=HOUR_INCIDENTS, per_second=HOUR_PER_SECOND)
    return _conclude(bursts, bare_ms, stages, hour, crowd)


async def _bursts(stack: LocalStack, crowd: Crowd) -> list[Burst]:
    """Until enough of them were undisturbed, or it is clear that this host will not have it."""
    bursts: list[Burst] = []
    while sum(one.is_undisturbed for one in bursts) < BURSTS and len(bursts) < MOST_BURSTS:
        await crowd.answer()
        await asyncio.sleep(REST_S)
        stolen, worked = Stolen(), ProcessorTime(stack)
        reported = await report(stack, crowd, int(PER_SECOND * SECONDS), PER_SECOND)
        bursts.append(Burst(reported, stolen.share(), worked.spent_ms()))
    return bursts


def _judged(bursts: list[Burst]) -> list[Burst]:
    return [one for one in bursts if one.is_undisturbed] or bursts


async def _stages(stack: LocalStack, bursts: list[Burst]) -> dict[str, float]:
    since_1970 = time.time() - time.perf_counter()
    sent = {incident: at + since_1970 for one in bursts for incident, at in one.reported.sent_at.items()}
    arrived = {incident: at + since_1970 for one in bursts for incident, at in one.reported.arrived_at.items()}
    return told(await stages_ms(stack, sent, arrived))


def _worked(bursts: list[Burst]) -> dict[str, float]:
    """Processor time for each incident, by process, the most first."""
    count = sum(len(one.reported.sent_at) for one in bursts)
    worked_ms = sum((one.worked_ms for one in bursts), Counter[str]())
    return {f"processor time per incident, ms: {name}": ms / count for name, ms in worked_ms.most_common(8)} | {
        "processor time per incident, ms: all": worked_ms.total() / count
    }


def _conclude(
    bursts: list[Burst], bare_ms: list[float], stages: dict[str, float], hour: WorstHour, crowd: Crowd
) -> int:
    """Without a single undisturbed burst there is no verdict, and that is a failure too."""
    undisturbed = [one for one in bursts if one.is_undisturbed]
    took_ms = [one for burst in _judged(bursts) for one in burst.reported.took_ms]
    missing = sum(one.reported.missing for one in bursts)
    p50_ms, p99_ms = percentile(took_ms, 0.50), percentile(took_ms, 0.99)
    figures = {
        "incidents": len(took_ms),
        "without a message": missing,
        "report to first webhook p50 ms": p50_ms,
        "report to first webhook p99 ms": p99_ms,
        "report to first webhook max ms": max(took_ms),
        **stages,
        **_worked(bursts),
        "answers refused": len(crowd.failures),
        "bursts undisturbed": len(undisturbed),
        "bursts disturbed by the host": len(bursts) - len(undisturbed),
        "p99 ms with the disturbed ones": percentile([one for burst in bursts for one in burst.reported.took_ms], 0.99),
        "processor time stolen, worst burst, %": 100 * max(one.stolen for one in bursts),
        **hour.figures,
    }
    bare_p50_ms, bare_p99_ms = percentile(bare_ms, 0.50), percentile(bare_ms, 0.99)
    peers = {"kafka round trip p50 ms": bare_p50_ms, "kafka round trip p99 ms": bare_p99_ms}
    ratios = {"p50 path / kafka": p50_ms / bare_p50_ms, "p99 path / kafka": p99_ms / bare_p99_ms}
    fast = bool(undisturbed) and p50_ms <= P50_MS and p99_ms <= P99_MS
    ok = fast and missing == 0 and not crowd.failures and hour.holds
    return conclude("dispatch", figures=figures, peers=peers, ratios=ratios, ok=ok)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
