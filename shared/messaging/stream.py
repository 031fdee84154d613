"""The `stream` process of a service: relay and consumer together. Crash-only: the first failure ends it all.

A stopped consumer (a person must look) does not end the process: the relay must still carry its alarm.
"""

import asyncio
from collections.abc import Awaitable
from typing import Never

from shared.messaging.consumer.run import Consumer
from shared.messaging.consumer.watch import watch
from shared.messaging.pace import Pace
from shared.messaging.reach import beat_while_kafka_answers
from shared.messaging.relay.run import Relay
from shared.messaging.subscriptions import Subscriptions
from shared.persistence.database import Database
from shared.persistence.hint import OUTBOX, Listener
from shared.runtime.ending import end
from shared.runtime.heartbeat import beat
from shared.runtime.housekeeping import keep_house

_END_S = 3.0


class Stream:
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
        self._bootstrap = bootstrap
        self._service = service
        self.relay = Relay(db, service=service, bootstrap=bootstrap, prefix=prefix, pause_s=pace.relay_pause_s)
        self.consumer = Consumer(db, subscriptions, service=service, bootstrap=bootstrap, prefix=prefix, pace=pace)

    async def run(self) -> None:
        """Returns never; raises an ExceptionGroup of what went wrong."""
        listener = Listener(self._db.dsn, OUTBOX)
        await all_for_ever(
            listener.run(),
            self.relay.run(listener.waiter()),
            keep_house(self._db),
            self.consumer.run(),
            self.consumer.report(),
            watch(self._db, self.consumer.fetcher, bootstrap=self._bootstrap, client_id=f"truce-{self._service}-watch"),
            beat(self._db, "stream"),
            beat_while_kafka_answers(self._db, self._bootstrap),
        )

    async def stop(self) -> None:
        """Both get their chance; raises what either failed with."""
        failures = await asyncio.gather(self.relay.stop(), self.consumer.stop(), return_exceptions=True)
        for failure in failures:
            if failure is not None:
                raise failure


class EndedByItself(Exception):
    """A part that must run for ever returned, or was cancelled from inside a library."""


async def all_for_ever(*works: Awaitable[object]) -> Never:
    """Until the first of them ends. The others are cancelled; who does not end then is left behind, for it is stuck in
    what the failure is about, a COMMIT that nobody answers, and must not keep the process from being started afresh.
    """
    tasks = [asyncio.ensure_future(_for_ever(work)) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(tasks, within_s=_END_S)
    errors = [task.exception() for task in ended]
    failures = [error if isinstance(error, Exception) else EndedByItself() for error in errors]
    raise ExceptionGroup("a part of the stream ended", failures)


async def _for_ever(work: Awaitable[object]) -> Never:
    """A part that returns, or that is cancelled by nobody, has failed as well: nothing would go on in its place."""
    try:
        await work
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
    raise EndedByItself
