"""Progress watch: a consumer that stands still while there is something to read must end and be started afresh.

"The task is running" proves nothing: the watch compares the stored positions with the log's end, asked through a
client of its own. A consumer that was given no partitions watches all of its service: if nobody moves, it is not idle.
One partition that stands still among others that move is noticed too, later: in a backlog each waits for its turn.
"""

import asyncio
from collections import defaultdict
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.messaging.consumer import positions
from shared.messaging.consumer.fetch import Fetcher
from shared.messaging.consumer.raw import has_records
from shared.messaging.kafka import make_consumer, started
from shared.observability.logs import get_logger
from shared.observability.metrics import LAG
from shared.persistence.database import Database
from shared.persistence.sqlstate import is_transient
from shared.persistence.transaction import Transaction

_LOOK_EVERY_S = 5.0
STUCK_AFTER_S = 60.0
ONE_STUCK_AFTER_S = 300.0
log = get_logger(__name__)

Positions = dict[TopicPartition, int]


class ConsumerStuck(Exception):
    """There is lag, and no position has moved for a minute, or one has not for five."""


async def watch(db: Database, fetcher: Fetcher, *, bootstrap: str, client_id: str) -> None:
    consumer = make_consumer(bootstrap, client_id=client_id, group=None)
    still = _Stillness()
    try:
        await started(consumer)
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            now = await _read(db, fetcher)
            if now is not None:
                still.look(now, await _behind(consumer, now), fetcher.tries)
            if still.overdue:
                if await _is_real(bootstrap, still.overdue):
                    raise ConsumerStuck
                still = _Stillness()
    finally:
        await asyncio.wait([asyncio.ensure_future(consumer.stop())], timeout=2)


class _Stillness:
    """How long each partition that lags has stood still, in looks."""

    def __init__(self) -> None:
        self._before: Positions = {}
        self._tries = 0
        self._still: dict[TopicPartition, int] = {}
        self._all_still = 0

    def look(self, now: Positions, behind: set[TopicPartition], tries: int) -> None:
        moved = now != self._before or tries != self._tries
        self._all_still = self._all_still + 1 if behind and not moved else 0
        same = {at for at in behind if now[at] == self._before.get(at)} if tries == self._tries else set()
        self._still = {at: self._still.get(at, 0) + 1 for at in same}
        self._before, self._tries = now, tries

    @property
    def overdue(self) -> Positions:
        """Whom to hold to account now; nobody while something moves."""
        least = 1 if self._all_still * _LOOK_EVERY_S >= STUCK_AFTER_S else ONE_STUCK_AFTER_S / _LOOK_EVERY_S
        return {at: self._before[at] for at, looks in self._still.items() if looks >= least}


async def _is_real(bootstrap: str, overdue: Positions) -> bool:
    """The marks that end another's transactions count as lag for ever, and there is nothing to apply."""
    try:
        return await has_records(bootstrap, overdue)
    except (KafkaError, TimeoutError, OSError) as error:
        log.warning("consumer.watch", error=type(error).__name__)
        return False


async def _read(db: Database, fetcher: Fetcher) -> Positions | None:
    """None while the database says that it is away. One that says nothing at all has hung, and us with it."""
    limit = asyncio.timeout(STUCK_AFTER_S)
    try:
        async with limit, db.transaction() as tx:
            return await _watched(tx, fetcher)
    except Exception as error:
        if limit.expired():
            raise ConsumerStuck from error
        if not is_transient(error):
            raise
        log.warning("consumer.watch", error=type(error).__name__)
        return None


async def _watched(tx: Transaction, fetcher: Fetcher) -> Positions:
    """Nothing while the consumer stands still on purpose."""
    if await tx.row_or_none("SELECT reason FROM consumer_stop") is not None:
        return {}
    stored = await positions.load(tx, fetcher.cluster)
    own = fetcher.next.keys()
    return {at: offset for at, offset in stored.items() if (at in own if own else at.topic in fetcher.topics)}


async def _behind(consumer: Any, now: Positions) -> set[TopicPartition]:
    """Nobody while the broker cannot be asked: a broker that is away is not a stuck consumer."""
    if not now:
        return set()
    try:
        async with asyncio.timeout(_LOOK_EVERY_S):
            end = await consumer.end_offsets(list(now))
    except (KafkaError, TimeoutError, OSError) as error:
        log.warning("consumer.watch", error=type(error).__name__)
        return set()
    by_topic: dict[str, int] = defaultdict(int)
    for partition, offset in now.items():
        by_topic[partition.topic] += max(0, end[partition] - offset)
    for topic, lag in by_topic.items():
        LAG.labels(topic).set(lag)
    return {partition for partition, offset in now.items() if end[partition] > offset}
