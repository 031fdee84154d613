"""The consumer's loop: a batch in one transaction, redone one by one to find the record that fails.

Order of things in every transaction: positions first (compare-and-set), then effects. A database that is away or full
is waited for without end; anything else is about one record, and that record alone is set aside.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import ConsumerRecord, TopicPartition

from shared.contracts.topics import consumed_by
from shared.messaging.alarms import raise_alarm
from shared.messaging.consumer import dispatch, positions, settle
from shared.messaging.consumer.decode import Poison, decode
from shared.messaging.consumer.fetch import Fetcher, PositionOutsideLog
from shared.messaging.consumer.patience import Patience
from shared.messaging.pace import Pace
from shared.messaging.subscriptions import Subscriptions
from shared.observability.logs import get_logger
from shared.observability.metrics import POSITION_MOVED
from shared.persistence.database import Database
from shared.persistence.sqlstate import constraint, sqlstate
from shared.persistence.transaction import Transaction

_WAIT_S = 1.0
_REPORT_S = 5.0
_STOPPED_POLL_S = 2.0
_BREATH = 20
log = get_logger(__name__)


class Consumer:
    def __init__(
        self,
        db: Database,
        subscriptions: Subscriptions,
        *,
        service: str,
        bootstrap: str,
        prefix: str,
        pace: Pace,
    ) -> None:
        self._db = db
        self._service = service
        self._prefix = prefix
        self._batch = pace.batch
        self._reactions = subscriptions
        self._wanted = {event.TYPE: event for event in subscriptions}
        self._rejections = settle.Rejections()
        topics = [prefix + topic.name for topic in consumed_by(service)]
        self.fetcher = Fetcher(
            db, group=f"{prefix}truce-{service}", bootstrap=bootstrap, topics=topics, linger_ms=pace.linger_ms
        )

    async def run(self) -> None:
        await self._until_allowed()
        await self.fetcher.start()
        while True:
            try:
                records = await self.fetcher.batch(self._batch, wait_s=_WAIT_S)
            except PositionOutsideLog as error:
                await self._stop("position_outside_log", str(error))
                continue
            if records:
                await self._settle_batch(records)
            if self._rejections.too_many():
                await self._stop("too_many_dead_letters", "")

    async def _settle_batch(self, records: Sequence[ConsumerRecord]) -> None:
        epoch, patience = self.fetcher.epoch, Patience()
        while True:
            try:
                await self._apply(records, patience)
            except positions.PositionMoved:
                await self._step_back()
            except _Enough as enough:
                await self._settle_batch(records[: enough.records])
            except Exception as error:  # noqa: BLE001 - any failure of a use case is a fact about a record
                if len(records) > 1:
                    await self._settle_singly(records, epoch)
                elif await patience.allows_another_try(error, self.fetcher):
                    continue
                else:
                    await self._reject(records[0], error)
            return

    async def _settle_singly(self, records: Sequence[ConsumerRecord], epoch: int) -> None:
        for record in records:
            if self.fetcher.epoch != epoch or self._rejections.too_many():
                return
            await self._settle_batch([record])

    async def _apply(self, records: Sequence[ConsumerRecord], patience: Patience) -> None:
        epoch, steps = self.fetcher.epoch, self._steps(records)

        async def work(tx: Transaction) -> settle.Rejections:
            async with patience.bounded():
                await positions.advance(tx, self.fetcher.cluster, steps.values())
                rejections = await self._effects(tx, records)
                await tx.finish()
            return rejections

        self._rejections = await self._db.retrying(work)
        self._moved(steps, epoch)

    async def _effects(self, tx: Transaction, records: Sequence[ConsumerRecord]) -> settle.Rejections:
        """What was counted so far with these; the count is believed once they are committed."""
        rejections = self._rejections.copy()
        items = await self._decoded(records)
        new = await dispatch.only_new(tx, items)
        for done, (record, (topic, item), is_new) in enumerate(zip(records, items, new, strict=True), 1):
            if isinstance(item, Poison):
                await self._keep(tx, record, item)
            elif is_new:
                await dispatch.apply(tx, topic, item, self._reactions)
            if not isinstance(item, Poison) or item.ours:
                rejections.count(rejected=isinstance(item, Poison))
            if rejections.too_many() and done < len(records):
                raise _Enough(done)
        return rejections

    async def _decoded(self, records: Sequence[ConsumerRecord]) -> list[tuple[str, dispatch.Item]]:
        """With its topic, without the prefix. The relay beside it gets its turn between: pages wait for its events."""
        items = []
        for number, record in enumerate(records, 1):
            items.append((record.topic.removeprefix(self._prefix), decode(record, self._wanted)))
            if number % _BREATH == 0:
                await asyncio.sleep(0)
        return items

    async def _reject(self, record: ConsumerRecord, error: Exception) -> None:
        """Its version counts as seen: the letter is what can still be applied, and no copy of the event beside it."""
        log.error("consumer.use_case_failed", topic=record.topic, offset=record.offset, exc_info=error)
        poison = Poison("use_case_failed", _described(error))
        epoch = self.fetcher.epoch

        async def work(tx: Transaction) -> None:
            await positions.advance(tx, self.fetcher.cluster, steps.values())
            await dispatch.only_new(tx, await self._decoded([record]))
            await self._keep(tx, record, poison)

        try:
            steps = self._steps([record])
            await self._db.retrying(work)
        except positions.PositionMoved:
            await self._step_back()
            return
        self._rejections.count(rejected=True)
        self._moved(steps, epoch)

    async def _keep(self, tx: Transaction, record: ConsumerRecord, poison: Poison) -> None:
        topic = record.topic.removeprefix(self._prefix)
        await settle.set_aside(tx, record, poison, service=self._service, cluster=self.fetcher.cluster, topic=topic)

    def _steps(self, records: Sequence[ConsumerRecord]) -> dict[TopicPartition, positions.Advance]:
        """From the stored position (never a record's own offset) to behind each partition's last record.

        Raises PositionMoved for a partition that was given away meanwhile: its records must not be applied.
        """
        last = {_partition(record): record.offset for record in records}
        if not self.fetcher.next.keys() >= last.keys():
            raise positions.PositionMoved
        return {
            at: positions.Advance(at.topic, at.partition, self.fetcher.next[at], offset + 1)
            for at, offset in last.items()
        }

    def _moved(self, steps: dict[TopicPartition, positions.Advance], epoch: int) -> None:
        """Positions read anew since then know of these steps, or the next batch finds out by compare-and-set."""
        if self.fetcher.epoch == epoch:
            self.fetcher.next |= {at: step.new for at, step in steps.items()}

    async def _step_back(self) -> None:
        POSITION_MOVED.inc()
        await self.fetcher.reposition()

    async def _stop(self, reason: str, where: str) -> None:
        """Stands still until a person resumes, then begins again at the stored positions."""
        log.error("consumer.stopped", reason=reason, where=where)

        async def work(tx: Transaction) -> None:
            await tx.run(
                "INSERT INTO consumer_stop (id, reason) VALUES (1, :reason) ON CONFLICT (id) DO NOTHING",
                reason=reason,
            )
            await raise_alarm(tx, service=self._service, alarm="consumer_stopped", subject=reason)

        self.fetcher.forget_assignment()
        await self._db.retrying(work)
        await self._until_allowed()
        self._rejections = settle.Rejections()

    async def _until_allowed(self) -> None:
        """A stopped consumer stays stopped over restarts, until a person resumes it."""
        while await self._db.retrying(lambda tx: tx.row_or_none("SELECT reason FROM consumer_stop")):
            await asyncio.sleep(_STOPPED_POLL_S)

    async def report(self) -> None:
        """Shows the group's lag to the broker's own tools, every few seconds, best effort."""
        while True:
            await asyncio.sleep(_REPORT_S)
            try:
                await self.fetcher.report_to_group()
            except Exception as error:  # noqa: BLE001 - for lag tools only; nothing depends on it
                log.warning("consumer.group_commit", error=type(error).__name__)

    async def stop(self) -> None:
        await self.fetcher.stop()


class _Enough(Exception):
    """So many records of this batch may be settled: the last of them is one rejection too many."""

    def __init__(self, records: int) -> None:
        super().__init__()
        self.records = records


def _partition(record: ConsumerRecord) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _described(error: Exception) -> str:
    state = sqlstate(error)
    return f"{type(error).__name__} {state or ''} {constraint(error) or ''}".strip()[:300]
