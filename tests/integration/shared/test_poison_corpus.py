"""Every kind of poison on the real topics of every service, in one burst on one partition.

Nothing stops, nobody waits for more than two seconds of work (the loop's own, whoever else is at the processors: by the
clock it may take a busy machine ten times that), and every letter says what was wrong. `pytest -s` prints how long the
sound event behind each burst took.
"""

import sys
import time
from collections import Counter

import pytest

from shared.contracts.event import Event
from shared.contracts.topics import SERVICES, Topic, consumed_by, dead_letter_topic
from shared.persistence.database import Database
from tests.integration.shared.poison_kinds import APPLIED, IGNORED, KINDS, Kind
from tests.integration.shared.sound import Sound
from tests.support.deployment import Deployment
from tests.support.raw_batches import batch_of, send_batches
from tests.support.roles import roles_of
from tests.support.waiting import eventually

LONGEST_WORK_S, LONGEST_DELAY_S = 2.0, 20.0
# One that none of the service's own alarms is on: those would come between the poison.
PARTITION, PARTITIONS = 5, 12
# Offset → reason: a sound event is at 0, the burst begins behind it.
REASONS = {offset: kind.becomes for offset, kind in enumerate(KINDS, 1) if kind.becomes not in {APPLIED, IGNORED}}


def read_by(service: str) -> list[type[Event]]:
    """One type of each topic: the first that the service reacts to."""
    types = list(roles_of(service).subscriptions())
    return [next(kind for kind in types if topic == kind.TOPIC) for topic in consumed_by(service)]


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 100


@pytest.mark.parametrize("service", SERVICES)
async def test_no_kind_of_poison_stops_a_partition_or_the_process(deployment: Deployment, service: str) -> None:
    deployment.most_partitions = PARTITIONS
    db = await deployment.database(service)
    await deployment.start(service, "stream")
    for event in read_by(service):
        await is_applied_soon(deployment, db, Sound.of(event))
        delay_s, work_s = await is_applied_soon(deployment, db, Sound.of(event), behind=KINDS)
        took = f"{delay_s:.2f} s, {work_s:.2f} s of them work"
        sys.stdout.write(f"{service} {event.TOPIC.name}: {len(KINDS)} kinds, the next one after {took}\n")
        assert await letters_of(db, event.TOPIC) == REASONS
        await eventually(lambda: all_relayed(db), within_s=20)
        assert await copies_of(deployment, service, event.TOPIC) == Counter(REASONS.keys())
        assert work_s <= LONGEST_WORK_S
    assert await alarmed(db) == {topic.name for topic in consumed_by(service)}


async def is_applied_soon(
    deployment: Deployment, db: Database, sound: Sound, *, behind: tuple[Kind, ...] = ()
) -> tuple[float, float]:
    """How long after the broker had it, by the clock and in processor time of the thread that the loop runs in.

    Whatever is to be before it is sent in one go with it.
    """
    batches = [batch_of([kind.spoil(Sound.of(sound.kind))], codec=kind.codec) for kind in behind]
    topic = deployment.prefix + sound.topic.name
    codes = await send_batches(deployment.bootstrap, topic, PARTITION, *batches, batch_of([sound.record()]))
    sent, worked = time.monotonic(), time.thread_time()
    assert set(codes) == {0}
    await eventually(lambda: is_applied(db, sound), within_s=LONGEST_DELAY_S)
    return time.monotonic() - sent, time.thread_time() - worked


async def is_applied(db: Database, sound: Sound) -> bool:
    async with db.transaction() as tx:
        return bool(
            await tx.rows(
                "SELECT version FROM applied WHERE topic = :topic AND root = :root",
                topic=sound.topic.name,
                root=sound.key.decode(),
            )
        )


async def letters_of(db: Database, topic: Topic) -> dict[int, str]:
    async with db.transaction() as tx:
        rows = await tx.rows("SELECT record_offset, reason, detail FROM dead_letters WHERE topic = :t", t=topic.name)
    assert all(row["detail"] for row in rows)
    return {row["record_offset"]: row["reason"] for row in rows}


async def copies_of(deployment: Deployment, service: str, topic: Topic) -> Counter[int]:
    """The offsets of the records whose copies are on the dead letters' topic."""
    copies = await deployment.raw_records(dead_letter_topic(topic.name, service))
    return Counter(int(dict(copy.headers)["x-truce-origin"].rpartition(b"/")[2]) for copy in copies)


async def all_relayed(db: Database) -> bool:
    async with db.transaction() as tx:
        return not await tx.rows("SELECT id FROM outbox WHERE published_at IS NULL LIMIT 1")


async def alarmed(db: Database) -> set[str]:
    async with db.transaction() as tx:
        rows = await tx.rows("SELECT subject, state FROM alarms WHERE alarm = 'dead_letter'")
    return {row["subject"] for row in rows}
