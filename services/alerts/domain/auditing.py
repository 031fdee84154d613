"""What the auditor takes for a fault: from what services say of themselves, from silence, and from what is overdue.

One fault has one cause: what only follows from another fault (an outbox that waits while Kafka is away) is not told
beside it. A fault must be seen for as long as its patience, so that a restart pages nobody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Alarm(StrEnum):
    PROCESS_SILENT = "process_silent"
    DATABASE_AWAY = "database_away"
    KAFKA_AWAY = "kafka_away"
    OUTBOX_WAITS = "outbox_waits"
    ENGINE_LATE = "engine_late"
    CLOCK_OFF = "clock_off"


@dataclass(frozen=True, order=True)
class Fault:
    alarm: Alarm
    subject: str


class Reach(StrEnum):
    """What a service's api answered, if it did."""

    ANSWERS = "answers"
    DATABASE_AWAY = "database_away"
    SILENT = "silent"


@dataclass(frozen=True)
class Signs:
    """One service. `outbox_waits_since` is None unless its first event waits for longer than it should."""

    service: str
    reach: Reach = Reach.ANSWERS
    silent_roles: frozenset[str] = frozenset()
    kafka_away: bool = False
    outbox_waits_since: datetime | None = None
    clock_off: bool = False


@dataclass(frozen=True)
class Sighting:
    """`mark`: patience begins anew when it changes, because what is seen has moved on."""

    fault: Fault
    patience_s: float
    mark: object = None


KAFKA = "kafka"
_ENGINE = "engine"
# An api is asked and answers at once; it may be starting. Beats are old already when a role counts as silent.
_NO_ANSWER_S = 14.0
_SILENT_S = 5.0
_PATIENCE_S: Mapping[Alarm, float] = {
    Alarm.PROCESS_SILENT: _SILENT_S,
    Alarm.DATABASE_AWAY: 10.0,
    Alarm.KAFKA_AWAY: 4.0,
    Alarm.OUTBOX_WAITS: 15.0,
    Alarm.ENGINE_LATE: 8.0,
    Alarm.CLOCK_OFF: 20.0,
}


def sightings(services: Iterable[Signs], overdue_queues: Iterable[str], *, own: str) -> list[Sighting]:
    """`overdue_queues` are the auditor's own service's: late although its engine beats, else that is the fault."""
    services = tuple(services)
    kafka_away = any(signs.kafka_away for signs in services)
    found = [_sighting(Alarm.KAFKA_AWAY, KAFKA)] if kafka_away else []
    for signs in services:
        found += _of_service(signs, kafka_away=kafka_away)
    engine_silent = any(signs.service == own and _ENGINE in signs.silent_roles for signs in services)
    if not engine_silent:
        found += [_sighting(Alarm.ENGINE_LATE, queue) for queue in overdue_queues]
    return found


def _of_service(signs: Signs, *, kafka_away: bool) -> list[Sighting]:
    match signs.reach:
        case Reach.SILENT:
            return [Sighting(Fault(Alarm.PROCESS_SILENT, f"{signs.service}/api"), _NO_ANSWER_S)]
        case Reach.DATABASE_AWAY:
            return [_sighting(Alarm.DATABASE_AWAY, signs.service)]
    found = [_sighting(Alarm.PROCESS_SILENT, f"{signs.service}/{role}") for role in sorted(signs.silent_roles)]
    if signs.outbox_waits_since is not None and not kafka_away and "stream" not in signs.silent_roles:
        found.append(_sighting(Alarm.OUTBOX_WAITS, signs.service, signs.outbox_waits_since))
    if signs.clock_off:
        found.append(_sighting(Alarm.CLOCK_OFF, signs.service))
    return found


def _sighting(alarm: Alarm, subject: str, mark: object = None) -> Sighting:
    return Sighting(Fault(alarm, subject), _PATIENCE_S[alarm], mark)


# Whoever watched nothing for so long knows nothing: a database that was away makes everybody's beats old.
LONGEST_GAP_S = 8.0
# Where everything starts at once, the last to come up is not dead.
STARTING_S = 20.0


class Patience:
    """Since when each fault is seen without a break. `at_s` is any clock that only goes forward.

    Nothing is told in the first `starting_s`.
    """

    def __init__(self, starting_s: float = STARTING_S) -> None:
        self._since: dict[Fault, tuple[object, float]] = {}
        self._looked_s: float | None = None
        self._starting_s = starting_s
        self._began_s: float | None = None

    def ripe(self, seen: Iterable[Sighting], at_s: float) -> frozenset[Fault]:
        """The faults that were seen for long enough to be told."""
        if self._looked_s is not None and at_s - self._looked_s > LONGEST_GAP_S:
            self._since = {}
        self._looked_s = at_s
        self._began_s = at_s if self._began_s is None else self._began_s
        seen = tuple(seen)
        self._since = {sighting.fault: self._begun(sighting, at_s) for sighting in seen}
        if at_s - self._began_s < self._starting_s:
            return frozenset()
        return frozenset(
            sighting.fault for sighting in seen if at_s - self._since[sighting.fault][1] >= sighting.patience_s
        )

    def _begun(self, sighting: Sighting, at_s: float) -> tuple[object, float]:
        before = self._since.get(sighting.fault)
        return before if before is not None and before[0] == sighting.mark else (sighting.mark, at_s)


def needs_a_stand_in(told: Iterable[Fault], own: str) -> bool:
    """Whether messages wait for a sender that does not come."""
    dead = Fault(Alarm.PROCESS_SILENT, f"{own}/{_ENGINE}")
    return any(fault == dead or fault.alarm is Alarm.ENGINE_LATE for fault in told)
