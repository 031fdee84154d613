"""Which faults belong together, how often they come, and what such a run must hold beyond the checks."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.chaos.faults import (
    connection_limit,
    disk_full,
    drop_connections,
    kafka_away,
    kafka_kill,
    kafka_pause,
    kill,
    leaderless,
    lock_held,
    point,
    positions_wiped,
    postgres_kill,
    postgres_pause,
    postgres_restart,
    replay,
    stop,
    term,
    twice,
    zombie,
)
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground

Inflict = Callable[[Ground, Random], Awaitable[Inflicted]]

FAULTS: dict[str, Inflict] = {
    "kill": kill.inflict,
    "stop": stop.inflict,
    "point": point.inflict,
    "term": term.inflict,
    "zombie": zombie.inflict,
    "twice": twice.inflict,
    "kafka_kill": kafka_kill.inflict,
    "kafka_away": kafka_away.inflict,
    "kafka_away_long": kafka_away.inflict_long,
    "kafka_pause": kafka_pause.inflict,
    "postgres_kill": postgres_kill.inflict,
    "postgres_restart": postgres_restart.inflict,
    "postgres_pause": postgres_pause.inflict,
    "drop_connections": drop_connections.inflict,
    "connection_limit": connection_limit.inflict,
    "lock_held": lock_held.inflict,
    "disk_full": disk_full.inflict,
    "leaderless": leaderless.inflict,
    "positions_wiped": positions_wiped.inflict,
    "replay": replay.inflict,
}
# Ten minutes without a broker, and full disks, have runs of their own.
MIXED = {"kill": 6, "point": 6, "stop": 2, "term": 2, "twice": 1, "zombie": 1, "replay": 1, "positions_wiped": 1}
MIXED |= {"kafka_kill": 2, "kafka_pause": 1, "kafka_away": 1, "postgres_kill": 2, "postgres_restart": 1}
MIXED |= {"postgres_pause": 1, "drop_connections": 2, "connection_limit": 1, "lock_held": 2}


@dataclass(frozen=True)
class Selection:
    """`weights`: fault → how often, relative to the others. `pause_s`: between two faults.

    `first_page_within_s`: from a report's answer to the first message about its incident, if the selection promises it.
    `own`: faults that this selection alone knows.
    """

    weights: Mapping[str, int]
    pause_s: tuple[float, float] = (0.3, 1.5)
    first_page_within_s: float | None = None
    own: Mapping[str, Inflict] = field(default_factory=dict)

    def inflict(self, kind: str) -> Inflict:
        return self.own.get(kind) or FAULTS[kind]


SELECTIONS = {
    "calm": Selection({}, first_page_within_s=15.0),
    # One process at a time: a stream that was killed leaves a lease and a place in the group, which run out in 10 s.
    "one_dead": Selection({"kill": 1}, pause_s=(12, 15), first_page_within_s=15.0),
    "kills": Selection({"kill": 1}),
    "points": Selection({"point": 5, "stop": 1}),
    "ends": Selection({"term": 1}, first_page_within_s=15.0),
    "zombies": Selection({"zombie": 1, "twice": 1, "kill": 1}),
    "postgres": Selection(
        {"postgres_kill": 2, "postgres_restart": 1, "postgres_pause": 2, "drop_connections": 3, "connection_limit": 1}
    ),
    "locks": Selection({"lock_held": 3, "postgres_pause": 1}),
    "kafka": Selection({"kafka_kill": 2, "kafka_pause": 1, "kafka_away": 1}, pause_s=(1, 4)),
    "kafka_long": Selection({"kafka_away_long": 1}),
    "topics": Selection({"replay": 3, "positions_wiped": 2, "kill": 1}),
    "cluster": Selection({"leaderless": 1}),
    "disks": Selection({"disk_full": 1}, pause_s=(1, 4)),
    "mixed": Selection(MIXED),
    # For the tests: one of each family, nothing that takes longer than seconds.
    "short": Selection({"kill": 3, "point": 4, "term": 1, "kafka_kill": 1, "postgres_kill": 1, "drop_connections": 1}),
}
