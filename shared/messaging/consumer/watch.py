"""Progress watch: a consumer that stands still while there is something to read must end and be started afresh.

"The task is running" proves nothing: the watch compares the stored positions with the log's end, asked through a
client of its own. A consumer that was given no partitions watches all of its service: if nobody moves, it is not idle.
"""

import asyncio
from collections import defaultdict
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging.consumer import positions
from shared.messaging.consumer.fetch import Fetcher
from shared.messaging.kafka import make_consumer, started
from shared.observability.logs import get_logger
from shared.observability.metrics import LAG
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction

_LOOK_EVERY_S = 5.0
STUCK_AFTER_S = 60.0
log = get_logger(__name__)

Positions = dict[TopicPartition, int]


class ConsumerStuck(Exception):
    """There is lag, and no position has moved for a minute."""


async def watch(db: Database, fetcher: Fetcher, *, bootstrap: str, client_id: str) -> None:
    consumer = make_consumer(bootstrap, client_id=client_id, group=None)
    still_s = 0.0
    before: Positions = {}
    try:
        await started(consumer)
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            now = await db.retrying(lambda tx: _watched(tx, fetcher))
            lag = await _lag(consumer, now)
            still_s = still_s + _LOOK_EVERY_S if lag and now == before else 0.0
            before = now
            if still_s >= STUCK_AFTER_S:
                raise ConsumerStuck
    finally:
        await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=2)


async def _watched(tx: Transaction, fetcher: Fetcher) -> Positions:
    """Nothing while the consumer stands still on purpose."""
    if await tx.row_or_none("SELECT reason FROM consumer_stop") is not None:
        return {}
    stored = await positions.load(tx, fetcher.cluster)
    own = fetcher.next.keys()
    return {at: offset for at, offset in stored.items() if (at in own if own else at.topic in fetcher.topics)}


async def _lag(consumer: Any, now: Positions) -> int:
    """0 while the broker cannot be asked: a broker that is away is not a stuck consumer."""
    if not now:
        return 0
    try:
        end = await asyncio.wait_for(consumer.end_offsets(list(now)), _LOOK_EVERY_S)
    except (KafkaError, TimeoutError, OSError) as error:
        log.warning("consumer.watch", error=type(error).__name__)
        return 0
    by_topic: dict[str, int] = defaultdict(int)
    for partition, offset in now.items():
        by_topic[partition.topic] += max(0, end[partition] - offset)
    for topic, lag in by_topic.items():
        LAG.labels(topic).set(lag)
    return sum(by_topic.values())
