"""How a service stands: one look for whoever is woken at night, the same on the command line and over HTTP.

`wrong` says in words what is not as it should be, and is empty when all is well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.kernel.vocabulary import AlarmState
from shared.messaging.lag import Positions, TopicLag, by_topic, read_positions
from shared.messaging.queues import MoreQueues, QueueState
from shared.messaging.vital_signs import STALE_S, VitalSigns, read_vital_signs
from shared.persistence.database import Database
from shared.persistence.transaction import Row

_COUNTS = """
SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL AND set_aside_at IS NULL) AS waiting,
       (SELECT count(*) FROM outbox WHERE set_aside_at IS NOT NULL) AS set_aside,
       (SELECT count(*) FROM dead_letters WHERE settled_at IS NULL) AS dead_letters
"""
_ALARMS = """
SELECT alarm, subject, state, count, first_at, last_at FROM alarms WHERE state <> 'cleared'
ORDER BY last_at DESC LIMIT 200
"""


@dataclass(frozen=True)
class ProcessState:
    """`age_s` is None if it was never seen."""

    role: str
    age_s: float | None
    silent: bool


@dataclass(frozen=True)
class OutboxState:
    waiting: int
    oldest_s: float
    set_aside: int


@dataclass(frozen=True)
class StandingAlarm:
    alarm: str
    subject: str
    state: AlarmState
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Standing:
    service: str
    at: datetime
    kafka_answers: bool
    processes: list[ProcessState]
    outbox: OutboxState
    consumer_stopped: str | None
    topics: list[TopicLag]
    outside_log: list[str]
    dead_letters: int
    alarms: list[StandingAlarm]
    queues: list[QueueState]
    wrong: list[str] = field(default_factory=list)


async def read_standing(
    db: Database, service: str, *, roles: Sequence[str], bootstrap: str, more: MoreQueues
) -> Standing:
    """`roles`: the processes that the service must have. Raises what the database refuses with."""
    positions = await read_positions(db, bootstrap)
    async with db.transaction() as tx:
        signs = await read_vital_signs(tx)
        counts = await tx.row(_COUNTS)
        alarms = [StandingAlarm(**row) for row in await tx.rows(_ALARMS)]
        queues = list(await more(tx))
    standing = Standing(
        service=service,
        at=signs.clock,
        kafka_answers=positions.kafka_answers,
        processes=[_process(signs, role) for role in roles],
        outbox=_outbox(signs, counts),
        consumer_stopped=signs.consumer_stopped,
        topics=by_topic(positions.stored),
        outside_log=_outside(positions),
        dead_letters=counts["dead_letters"],
        alarms=alarms,
        queues=queues,
    )
    standing.wrong.extend(_wrong(standing))
    return standing


def _process(signs: VitalSigns, role: str) -> ProcessState:
    age_s = next(((signs.clock - beat.beat_at).total_seconds() for beat in signs.beats if beat.role == role), None)
    return ProcessState(role, None if age_s is None else max(0.0, round(age_s, 1)), signs.is_silent(role))


def _outbox(signs: VitalSigns, counts: Row) -> OutboxState:
    oldest_s = (signs.clock - signs.outbox_oldest).total_seconds() if signs.outbox_oldest else 0.0
    return OutboxState(counts["waiting"], max(0.0, round(oldest_s, 1)), counts["set_aside"])


def _outside(positions: Positions) -> list[str]:
    return [f"{at.topic}/{at.partition}" for at in positions.stored if at.outside_log]


def _wrong(it: Standing) -> list[str]:
    said = [_silent(process) for process in it.processes if process.silent]
    facts = {
        "Kafka does not answer": not it.kafka_answers,
        f"{it.outbox.waiting} events wait to be published, the first for {it.outbox.oldest_s:.0f} s": (
            it.outbox.oldest_s > STALE_S
        ),
        f"{it.outbox.set_aside} events are set aside": it.outbox.set_aside > 0,
        f"the consumer is stopped: {it.consumer_stopped}": it.consumer_stopped is not None,
        f"positions are outside the log: {', '.join(it.outside_log)}": bool(it.outside_log),
        f"{it.dead_letters} dead letters are open": it.dead_letters > 0,
    }
    said += [words for words, holds in facts.items() if holds]
    said += [f"{queue.name}: {queue.count}" for queue in it.queues if queue.is_wrong]
    return said + [f"alarm {alarm.alarm} about {alarm.subject} is {alarm.state}" for alarm in it.alarms]


def _silent(process: ProcessState) -> str:
    return f"process {process.role} " + (
        "was never seen" if process.age_s is None else f"has been silent for {process.age_s:.0f} s"
    )
