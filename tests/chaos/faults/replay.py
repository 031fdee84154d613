"""What is on a topic comes again: single records twice, a stretch of them backwards, a whole partition from its start.

Copies are exact, headers included, as a relay that lost its mark or a mirror that was set back would make them.
"""

from random import Random

from aiokafka import AIOKafkaProducer

from tests.chaos.dump import read_topics
from tests.chaos.faults.inflicted import Inflicted
from tests.chaos.ground import Ground, pick
from tests.chaos.history import Record

TOPICS = ("intake.incidents", "alerts.dispatches", "alerts.workers")
MOST = 400


async def inflict(ground: Ground, chance: Random) -> Inflicted:
    wiring = ground.stack.wiring
    topic = pick(chance, TOPICS)
    found = [one for one in await read_topics(wiring.kafka_bootstrap, wiring.topic_prefix) if one.topic == topic]
    how = pick(chance, ("duplicated", "reversed", "replayed"))
    copies = _chosen(found, how, chance)
    producer = AIOKafkaProducer(bootstrap_servers=wiring.kafka_bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for record in copies:
            ground.planted.append(await _again(producer, wiring.topic_prefix, record))
    finally:
        await producer.stop()
    return Inflicted(topic, f"{len(copies)} {how}")


def _chosen(records: list[Record], how: str, chance: Random) -> list[Record]:
    if how == "duplicated":
        return sorted(chance.sample(records, k=min(MOST // 4, len(records))), key=lambda one: one.offset)
    latest = sorted(records, key=lambda one: one.timestamp_ms)[-MOST:]
    return latest[::-1] if how == "reversed" else latest


async def _again(producer: AIOKafkaProducer, prefix: str, record: Record) -> str:
    placed = await producer.send_and_wait(
        prefix + record.topic,
        record.value,
        key=None if record.key is None else record.key.encode(),
        headers=[(name, value.encode()) for name, value in record.headers.items()],
        partition=record.partition,
    )
    return f"{record.topic}/{placed.partition}@{placed.offset}"
