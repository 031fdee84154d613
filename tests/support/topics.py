"""Topics of a test's own: read to their present end, and taken away when the test is over."""

from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.messaging.kafka import make_consumer


async def delete_topics(bootstrap: str, prefix: str) -> None:
    """A broker maps two files into memory for each partition: those of a whole run are more than a system allows."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        names = [name for name in await admin.list_topics() if name.startswith(prefix)]
        if names:
            answer = await admin.delete_topics(names)
            assert not any(code for _, code, *_ in answer.topic_error_codes), answer
    finally:
        await admin.close()


async def everything_on(bootstrap: str, topic: str) -> list[ConsumerRecord]:
    """What the topic holds now, in offset order per partition."""
    consumer = make_consumer(bootstrap, client_id="test", group=None)
    await consumer.start()
    try:
        return await _everything(consumer, topic)
    finally:
        await consumer.stop()


async def _everything(consumer: Any, topic: str) -> list[ConsumerRecord]:
    partitions = [TopicPartition(topic, number) for number in sorted(await _partitions(consumer, topic))]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    await consumer.seek_to_beginning(*partitions)
    found: list[ConsumerRecord] = []
    while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
        for records in (await consumer.getmany(timeout_ms=200)).values():
            found += records
    return found


async def _partitions(consumer: Any, topic: str) -> set[int]:
    await consumer._client.add_topic(topic)  # noqa: SLF001 - a consumer without a group learns of a topic this way
    return set(consumer.partitions_for_topic(topic) or ())
