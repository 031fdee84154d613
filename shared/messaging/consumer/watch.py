"""Progress watch: a consumer that stands still while there is something to read must end and be started afresh.

"The task is running" proves nothing: the watch compares the stored position with the log's end, asked through a
client of its own.
"""

import asyncio
from collections import defaultdict

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging.consumer.fetch import Fetcher
from shared.messaging.kafka import make_consumer, started
from shared.observability.logs import get_logger
from shared.observability.metrics import LAG

_LOOK_EVERY_S = 5.0
STUCK_AFTER_S = 60.0
log = get_logger(__name__)


class ConsumerStuck(Exception):
    """There is lag, and no position has moved for a minute."""


async def watch(fetcher: Fetcher, *, bootstrap: str, client_id: str) -> None:
    consumer = make_consumer(bootstrap, client_id=client_id, group=None)
    await started(consumer)
    still_s = 0.0
    before: dict[TopicPartition, int] = {}
    try:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            now = dict(fetcher.next)
            if not now:
                continue
            lag = await _lag(consumer, now)
            still_s = still_s + _LOOK_EVERY_S if lag and now == before else 0.0
            before = now
            if still_s >= STUCK_AFTER_S:
                raise ConsumerStuck
    finally:
        await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=2)


async def _lag(consumer: object, positions: dict[TopicPartition, int]) -> int:
    """0 while the broker cannot be asked: a broker that is away is not a stuck consumer."""
    try:
        end = await asyncio.wait_for(consumer.end_offsets(list(positions)), _LOOK_EVERY_S)  # type: ignore[attr-defined] # untyped library
    except (KafkaError, TimeoutError, OSError) as error:
        log.warning("consumer.watch", error=type(error).__name__)
        return 0
    by_topic: dict[str, int] = defaultdict(int)
    for partition, offset in positions.items():
        by_topic[partition.topic] += max(0, end[partition] - offset)
    for topic, lag in by_topic.items():
        LAG.labels(topic).set(lag)
    return sum(by_topic.values())
