"""The roof that the path is compared with: one record from a bare producer to a bare consumer on the same broker."""

import asyncio
import time

from aiokafka import TopicPartition

from shared.messaging.kafka import create_topics, make_consumer, make_producer


async def round_trips_ms(bootstrap: str, *, per_second: float, count: int) -> list[float]:
    """Open loop: sent at fixed times whatever the answers do."""
    topic = "bench.round_trip"
    await create_topics(bootstrap, {topic: 1})
    producer = make_producer(bootstrap, client_id="bench")
    consumer = make_consumer(bootstrap, client_id="bench", group=None)
    await producer.start()
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0)])
    await consumer.seek_to_beginning()
    sent: dict[bytes, float] = {}
    took: list[float] = []

    async def receive() -> None:
        while len(took) < count:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                took.extend(1000 * (time.perf_counter() - sent[record.value]) for record in records)

    receiving = asyncio.create_task(receive())
    began = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        value = str(number).encode().rjust(400)
        sent[value] = time.perf_counter()
        await producer.send(topic, value)
    await asyncio.wait_for(receiving, 30)
    await consumer.stop()
    await producer.stop()
    return took
