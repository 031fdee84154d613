"""The `stream` process of a service: relay and consumer together. Crash-only: the first failure ends it all.

A stopped consumer (a person must look) does not end the process: the relay must still carry its alarm.
"""

import asyncio

from shared.messaging.consumer.run import Consumer
from shared.messaging.consumer.watch import watch
from shared.messaging.relay.run import Relay
from shared.messaging.subscriptions import Subscriptions
from shared.persistence.database import Database
from shared.persistence.hint import Listener
from shared.runtime.heartbeat import beat


class Stream:
    def __init__(
        self,
        db: Database,
        subscriptions: Subscriptions,
        *,
        service: str,
        bootstrap: str,
        prefix: str,
        batch: int,
    ) -> None:
        self._db = db
        self._bootstrap = bootstrap
        self._service = service
        self.relay = Relay(db, service=service, bootstrap=bootstrap, prefix=prefix)
        self.consumer = Consumer(db, subscriptions, service=service, bootstrap=bootstrap, prefix=prefix, batch=batch)

    async def run(self) -> None:
        """Returns never; raises an ExceptionGroup of what went wrong."""
        listener = Listener(self._db.dsn)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listener.run())
            tasks.create_task(self.relay.run(listener.waiter()))
            tasks.create_task(self.relay.keep_house())
            tasks.create_task(self.consumer.run())
            tasks.create_task(self.consumer.report())
            tasks.create_task(
                watch(self.consumer.fetcher, bootstrap=self._bootstrap, client_id=f"truce-{self._service}-watch")
            )
            tasks.create_task(beat(self._db, "stream"))

    async def stop(self) -> None:
        await asyncio.gather(self.relay.stop(), self.consumer.stop())
