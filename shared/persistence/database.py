"""One service's database: opens transactions and commits them so that nothing is cancelled around a commit.

A commit whose answer never came is unknown, not failed; callers find out by reading, never by assuming.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from shared.observability.logs import get_logger
from shared.persistence.hint import Hint
from shared.persistence.sqlstate import is_transient, sqlstate
from shared.persistence.transaction import Transaction

T = TypeVar("T")
log = get_logger(__name__)

_FIRST_BACK_OFF_S = 0.05
_LONGEST_BACK_OFF_S = 2.0


def create_engine(dsn: str, *, pool_size: int = 10, application: str = "truce") -> AsyncEngine:
    """The address is read by the driver alone, so that `sslmode` and several hosts mean what they mean elsewhere."""

    async def connect() -> Any:
        return await asyncpg.connect(
            dsn,
            timeout=5,
            server_settings={
                "application_name": application,
                "statement_timeout": "30000",
                "lock_timeout": "10000",
                "idle_in_transaction_session_timeout": "30000",
            },
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
    )


class Database:
    def __init__(self, dsn: str, *, pool_size: int = 10, application: str = "truce") -> None:
        self.dsn = dsn
        self.engine = create_engine(dsn, pool_size=pool_size, application=application)
        self.hint = Hint(dsn)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=False) as session:
            tx = Transaction(session)
            yield tx
            await tx.finish()
            await _uncancelled(self._commit(session, tx))

    async def _commit(self, session: AsyncSession, tx: Transaction) -> None:
        await session.commit()
        if tx.wakes:
            self.hint.poke(tx.wakes)

    async def retrying(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Runs `work` in a transaction, again and again while the failure is transient, with growing pauses.

        For background work only: its effects must be guarded by the rows it reads, since a commit may have been
        carried out although its answer was lost.
        """
        pause_s = _FIRST_BACK_OFF_S
        while True:
            try:
                async with self.transaction() as tx:
                    return await work(tx)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("database.retry", sqlstate=sqlstate(error), error=type(error).__name__)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_BACK_OFF_S)

    async def close(self) -> None:
        await self.hint.close()
        await self.engine.dispose()


async def _uncancelled(commit: Awaitable[None]) -> None:
    """Waits for the commit to its end; a cancellation meanwhile is raised after it, never through it."""
    task = asyncio.ensure_future(commit)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as asked:
            cancelled = asked
    if cancelled is None:
        task.result()
        return
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("database.commit_failed_while_cancelled", error=type(error).__name__)
    raise cancelled
