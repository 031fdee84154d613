"""`make bench-decision`: from an activation in hand to the committed decision about 2,000 people, with its offers.

In one process on the real database, as the stream has it: everybody is read and ranked, the ranking with a reason for
each is kept, offer and message are written, the events wait in the outbox. Peer: the same statement that reads
everybody, alone, on the same connection pool between the decisions: what no decision can be quicker than.
"""

import random
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import uvloop

from services.alerts.queries.candidates import About, barred_and_candidates
from services.alerts.usecases.dispatching.follow_incident import follow_incident
from shared.kernel.geo import Point
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.database import Database
from tests.bench.alerts_alone import BOX, alerts_alone
from tests.bench.figures import conclude, percentile
from tests.support.activations import activated
from tests.support.disturbance import DISTURBED, Stolen
from tests.support.workforce import COMMUNITIES, MIDDLE, hire

PEOPLE = 2_000
WARM_UP, DECISIONS, ROUNDS, MOST_ROUNDS = 30, 100, 3, 8
P99_MS = 25.0
_RULES = {
    "dispatches without exactly one offer": """
SELECT count(*) FROM dispatches d WHERE 1 <> (SELECT count(*) FROM offers o WHERE o.incident_id = d.incident_id)""",
    "offers without exactly one message": """
SELECT count(*) FROM offers o WHERE 1 <> (SELECT count(*) FROM deliveries m WHERE m.offer_id = o.id)""",
    "rankings that leave somebody out": """
SELECT count(*) FROM rankings r WHERE json_array_length(ranked) + (
    SELECT sum(json_array_length(why -> 'people')) FROM json_array_elements(r.left_out) why) <> :people""",
    "people asked twice": """
SELECT count(*) - count(DISTINCT interrupter_id) AS count FROM offers""",
    "offers not to the first of the ranking": """
SELECT count(*) FROM offers o JOIN rankings r USING (incident_id)
WHERE CAST(r.ranked -> 0 ->> 'interrupter_id' AS uuid) <> o.interrupter_id""",
}


@dataclass
class Round:
    decisions_ms: list[float] = field(default_factory=list)
    reads_ms: list[float] = field(default_factory=list)
    stolen: float = 0.0

    @property
    def is_undisturbed(self) -> bool:
        return self.stolen <= DISTURBED


async def main() -> int:
    async with alerts_alone() as (_, db):
        await hire(db, PEOPLE, box=BOX, url="http://127.0.0.1:9")
        async with db.transaction() as tx:
            await tx.run("ANALYZE")
        chance = random.Random(15)
        await _round(db, chance, WARM_UP)
        rounds: list[Round] = []
        while sum(one.is_undisturbed for one in rounds) < ROUNDS and len(rounds) < MOST_ROUNDS:
            rounds.append(await _round(db, chance, DECISIONS))
        broken = await _broken(db)
    return _conclude(rounds, broken)


async def _round(db: Database, chance: random.Random, count: int) -> Round:
    found, stolen = Round(), Stolen()
    for _ in range(count):
        found.decisions_ms.append(await _decide(db, chance))
        found.reads_ms.append(await _read(db, chance))
    found.stolen = stolen.share()
    return found


async def _decide(db: Database, chance: random.Random) -> float:
    lat, lon = MIDDLE[0] + chance.uniform(-0.08, 0.08), MIDDLE[1] + chance.uniform(-0.08, 0.08)
    event = activated(datetime.now(UTC), community=chance.choice(COMMUNITIES), lat=lat, lon=lon)
    began = time.perf_counter()
    async with db.transaction() as tx:
        await follow_incident(tx, event)
    return 1000 * (time.perf_counter() - began)


async def _read(db: Database, chance: random.Random) -> float:
    event = activated(datetime.now(UTC), community=chance.choice(COMMUNITIES), lat=MIDDLE[0], lon=MIDDLE[1])
    community = event.incident.community
    assert community is not None
    began = time.perf_counter()
    async with db.transaction() as tx:
        barred, others = await barred_and_candidates(
            tx,
            About(
                incident_id=event.incident.incident_id,
                role=DispatchRole.SCENE,
                community=community.area_id,
                time_zone="America/New_York",
                place=Point(*MIDDLE),
            ),
        )
    took_ms = 1000 * (time.perf_counter() - began)
    assert len(others) + sum(map(len, barred.values())) == PEOPLE
    return took_ms


async def _broken(db: Database) -> dict[str, int]:
    async with db.transaction() as tx:
        return {
            what: (await tx.row(rule, **({"people": PEOPLE} if ":people" in rule else {})))["count"]
            for what, rule in _RULES.items()
        }


def _conclude(rounds: list[Round], broken: dict[str, int]) -> int:
    undisturbed = [one for one in rounds if one.is_undisturbed]
    judged = undisturbed or rounds
    decisions = [took for one in judged for took in one.decisions_ms]
    reads = [took for one in judged for took in one.reads_ms]
    figures = {
        "people": PEOPLE,
        "decisions": len(decisions),
        "decision with its offer p50 ms": percentile(decisions, 0.50),
        "decision with its offer p99 ms": percentile(decisions, 0.99),
        "decision with its offer max ms": max(decisions),
        "rounds undisturbed": len(undisturbed),
        "rounds disturbed by the host": len(rounds) - len(undisturbed),
        **broken,
    }
    peers = {
        "reading everybody, alone p50 ms": percentile(reads, 0.50),
        "reading everybody, alone p99 ms": percentile(reads, 0.99),
    }
    ratios = {"p50 decision / reading": percentile(decisions, 0.50) / percentile(reads, 0.50)}
    ok = bool(undisturbed) and percentile(decisions, 0.99) <= P99_MS and not any(broken.values())
    return conclude("decision", figures=figures, peers=peers, ratios=ratios, ok=ok)


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
