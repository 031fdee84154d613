"""Planted: a consumer's position is committed in a transaction of its own, before the effects of what it moves past."""

from collections.abc import Collection
from typing import Any

from shared.messaging.consumer import positions
from shared.messaging.consumer.run import Consumer
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction

_databases: list[Database] = []


def plant(process: str) -> None:
    if not process.endswith("-stream"):
        return
    build, advance = Consumer.__init__, positions.advance

    def built(self: Consumer, db: Database, *args: Any, **kwargs: Any) -> None:
        _databases.append(db)
        build(self, db, *args, **kwargs)

    async def advance_first(tx: Transaction, cluster: str, steps: Collection[positions.Advance]) -> None:
        del tx
        async with _databases[0].transaction() as own:
            await advance(own, cluster, steps)

    Consumer.__init__ = built  # type: ignore[method-assign] # the defect
    positions.advance = advance_first
