"""The relay's loop: claim, publish, settle; woken by hints, polling every 250 ms whatever happens."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from shared.kernel.ids import random_id
from shared.messaging.kafka import answers, make_producer, started
from shared.messaging.relay.claim import Claim, claim, release
from shared.messaging.relay.publish import SendFailed, publish_rows
from shared.messaging.relay.settle import count_failure, mark_published
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.hint import wait_for_work

POLL_S = 0.25
STANDBY_POLL_S = 1.0
_STOP_S = 2.0
log = get_logger(__name__)


class Relay:
    """Ends only by an exception: `SendFailed`, or whatever the database means for good."""

    def __init__(self, db: Database, *, service: str, bootstrap: str, prefix: str, pause_s: float = 0.0) -> None:
        self._db = db
        self._service = service
        self._prefix = prefix
        self._pause_s = pause_s
        self._bootstrap = bootstrap
        self._holder: UUID = random_id()
        self._producer = make_producer(bootstrap, client_id=f"truce-{service}-relay")

    async def run(self, woken: asyncio.Event) -> None:
        await started(self._producer)
        while True:
            claimed = await self._claim()
            if claimed is not None and claimed.is_full:
                claimed = await self._work_off(claimed)
            if claimed is None:
                await asyncio.sleep(STANDBY_POLL_S)
                continue
            if claimed.rows:
                await self._publish(claimed)
                await self._mark(claimed)
                await asyncio.sleep(self._pause_s)
            await wait_for_work(woken, at_most_s=POLL_S)

    async def _work_off(self, current: Claim) -> Claim | None:
        """A backlog, overlapped: one batch is sent while the one before is marked and the one after is read.

        A batch is sent when the one before has been acknowledged, so a root's order is kept. Returns what is left to
        send: less than a batch, or None if the lease was lost.
        """
        sent: Claim | None = None
        while current.is_full:
            following = await self._overlapped(current, sent)
            sent = current
            if following is None:
                await self._mark(sent)
                return None
            current = following
        if sent is not None:
            await self._mark(sent)
        return current

    async def _overlapped(self, current: Claim, sent: Claim | None) -> Claim | None:
        """What comes after `current`. Raises what the first of the three failed with."""
        under_way = current.ids + (sent.ids if sent is not None else [])
        try:
            async with asyncio.TaskGroup() as tasks:
                following = tasks.create_task(self._claim(under_way))
                if sent is not None:
                    tasks.create_task(self._mark(sent))
                tasks.create_task(self._publish(current))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        return following.result()

    async def _claim(self, under_way: Sequence[int] = ()) -> Claim | None:
        return await self._db.retrying(lambda tx: claim(tx, self._holder, under_way))

    async def _mark(self, claimed: Claim) -> None:
        await self._db.retrying(lambda tx: mark_published(tx, claimed))

    async def _publish(self, claimed: Claim) -> None:
        try:
            await publish_rows(self._producer, self._prefix, claimed.rows)
        except SendFailed as failure:
            await self._count(failure)
            raise

    async def _count(self, failure: SendFailed) -> None:
        """A topic is also unknown to a client that lost its broker before it ever asked: that is nobody's fault."""
        row_id = failure.row_id
        if row_id is None or not await answers(self._bootstrap):
            return
        await self._db.retrying(
            lambda tx: count_failure(tx, service=self._service, row_id=row_id, reason=failure.reason)
        )

    async def stop(self) -> None:
        """Hands the lease over and closes the client; never longer than a few seconds, whatever the broker does."""
        await asyncio.wait([asyncio.ensure_future(self._hand_over())], timeout=_STOP_S)
        await asyncio.wait([asyncio.ensure_future(self._producer.stop())], timeout=_STOP_S)

    async def _hand_over(self) -> None:
        try:
            async with self._db.transaction() as tx:
                await release(tx, self._holder)
        except Exception as error:  # noqa: BLE001 - the lease then runs out by itself
            log.warning("relay.lease_kept", error=type(error).__name__)
