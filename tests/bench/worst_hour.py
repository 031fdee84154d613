"""The city's worst hour: six hundred incidents that arrive within a minute, while people decline, accept and clear.

Judged from both sides: by what each phone was asked and answered, and by what the database has of all of it.
"""

from dataclasses import dataclass

import asyncpg

from deploy.local.stack import LocalStack
from tests.bench.crowd import Crowd
from tests.bench.crowded_city import Reported, report
from tests.bench.figures import percentile
from tests.bench.lively import LivelyCrowd
from tests.support.disturbance import Stolen

LATEST_S = 2.0
_DRAIN_S = 60.0
# An assignment begins when its yes begins to be carried out, which is after the person heard of the offer.
_BOOKED_TWICE = """
SELECT count(*) FROM assignments a JOIN assignments b ON b.interrupter_id = a.interrupter_id AND b.id > a.id
WHERE a.accepted_at < coalesce(b.ended_at, 'infinity') AND b.accepted_at < coalesce(a.ended_at, 'infinity')
"""
# An offer's message is written right after the offer: by then the one before has ended.
_ASKED_TWICE = """
SELECT count(*) FROM offers a JOIN offers b ON b.interrupter_id = a.interrupter_id AND b.made_at > a.made_at
JOIN deliveries m ON m.offer_id = b.id AND m.kind = 'offer.made'
WHERE coalesce(a.settled_at, 'infinity') > m.created_at
"""
_NOT_FILLED_ONCE = """
SELECT count(*) FROM dispatches d WHERE 1 <> (
    SELECT count(*) FROM assignments a WHERE a.incident_id = d.incident_id AND a.role = 'scene'
      AND a.state IN ('accepted', 'en_route', 'on_scene', 'cleared'))
"""
_LOST_YES = """
SELECT count(*) FROM offers o LEFT JOIN assignments a ON a.offer_id = o.id
WHERE (o.state = 'accepted') <> (a.id IS NOT NULL)
"""
RULES = {
    "people with two incidents at once": _BOOKED_TWICE,
    "people with two questions at once": _ASKED_TWICE,
    "roles not filled exactly once": _NOT_FILLED_ONCE,
    "answers and assignments that differ": _LOST_YES,
}


@dataclass(frozen=True)
class WorstHour:
    reported: Reported
    crowd: LivelyCrowd
    drained: bool
    broken: dict[str, int]
    stolen: float

    @property
    def figures(self) -> dict[str, float]:
        took_s = [one / 1000 for one in self.reported.took_ms]
        again_s = self.crowd.again_s
        figures: dict[str, float] = {
            "worst hour: incidents": len(self.reported.sent_at),
            "worst hour: report to first message p50 ms": 1000 * percentile(took_s, 0.50),
            "worst hour: report to first message p99 ms": 1000 * percentile(took_s, 0.99),
            "worst hour: report to first message max s": max(took_s),
            "worst hour: no to next message max s": max(again_s),
            "worst hour: processor time stolen, %": 100 * self.stolen,
        }
        figures |= {f"worst hour: {what}s": count for what, count in self.crowd.answers.items()}
        return figures | {f"worst hour: {what}": count for what, count in self._faults.items()}

    @property
    def holds(self) -> bool:
        latest_s = max([*self.crowd.again_s, *(one / 1000 for one in self.reported.took_ms)])
        return self.drained and latest_s <= LATEST_S and not any(self._faults.values())

    @property
    def _faults(self) -> dict[str, int]:
        return self.broken | {
            "incidents without a message": self.reported.missing,
            "phones: asked while at work": self.crowd.asked_at_work,
            "phones: asked twice at once": self.crowd.asked_twice,
            "phones: booked twice at once": self.crowd.booked_twice,
            "no, and nobody asked after it": self.crowd.waited_in_vain,
        }


async def worst_hour(stack: LocalStack, crowd: Crowd, *, incidents: int, per_second: float) -> WorstHour:
    lively = LivelyCrowd(crowd, seed=600)
    stolen = Stolen()
    crowd.heard = lively.hear
    reported = await report(stack, crowd, incidents, per_second)
    drained = await lively.until_all_answered(within_s=_DRAIN_S)
    crowd.heard = None
    return WorstHour(reported, lively, drained, await _broken(stack), stolen.share())


async def _broken(stack: LocalStack) -> dict[str, int]:
    connection = await asyncpg.connect(stack.wiring.databases.dsn("alerts"))
    try:
        return {what: await connection.fetchval(rule) for what, rule in RULES.items()}
    finally:
        await connection.close()
