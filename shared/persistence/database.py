"""One service's database: opens transactions and commits them so that nothing is cancelled around a commit.

A commit whose answer never came is unknown, not failed; callers find out by reading, never by assuming.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from socket import IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_USER_TIMEOUT
from typing import Any, TypeVar

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.observability.logs import get_logger
from shared.persistence.hint import Hint
from shared.persistence.sqlstate import DATABASE_ERRORS, is_transient, sqlstate
from shared.persistence.transaction import Transaction

T = TypeVar("T")
log = get_logger(__name__)

KEEPALIVE = (
    (SOL_SOCKET, SO_KEEPALIVE, 1),
    (IPPROTO_TCP, TCP_KEEPIDLE, 10),
    (IPPROTO_TCP, TCP_KEEPINTVL, 5),
    (IPPROTO_TCP, TCP_USER_TIMEOUT, 20_000),
)
_FIRST_BACK_OFF_S = 0.05
_LONGEST_BACK_OFF_S = 2.0
_ROLL_BACK_S = 3.0


def create_engine(
    dsn: str,
    *,
    pool_size: int = 10,
    application: str = "truce",
    own_transactions: bool = False,
    wait_s: float = 5.0,
) -> AsyncEngine:
    """The address is read by the driver alone, so that `sslmode` and several hosts mean what they mean elsewhere.

    `own_transactions`: the caller begins and ends them with SQL; the engine keeps its hands off. `wait_s`: how long
    somebody waits for a connection of the pool.
    """

    async def connect() -> Any:
        connection = await asyncpg.connect(
            dsn,
            timeout=5,
            server_settings={
                "application_name": application,
                "statement_timeout": "30000",
                "lock_timeout": "10000",
                "idle_in_transaction_session_timeout": "30000",
            },
        )
        _notice_a_dead_host(connection)
        return connection

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=wait_s,
        pool_use_lifo=True,
        **({"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None} if own_transactions else {}),
    )


def _notice_a_dead_host(connection: Any) -> None:
    """The server's own limits are gone with its host: without these a statement or a COMMIT would wait for ever.

    Source: tcp(7). Silence is asked about after 10 s, and what stays without an answer for 20 s ends the connection.
    """
    socket = connection._transport.get_extra_info("socket")  # noqa: SLF001 - the driver has no setting for it
    for level, option, value in KEEPALIVE:
        socket.setsockopt(level, option, value)


class CommitRefused(Exception):
    """The server rolled back at COMMIT: a statement had failed and the failure was overlooked."""


class Database:
    def __init__(self, dsn: str, *, pool_size: int = 10, application: str = "truce") -> None:
        self.dsn = dsn
        self._pool_size = pool_size
        self.engine = create_engine(dsn, pool_size=pool_size, application=application, own_transactions=True)
        self.hint = Hint(dsn)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._begun() as (connection, driver):
            tx = Transaction(connection, driver)
            try:
                yield tx
                await tx.finish()
            finally:
                await tx.close()
            await _uncancelled(self._commit(driver, tx))

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[tuple[AsyncConnection, Any]]:
        """A connection on which a transaction has begun. One left inside a transaction never goes back to the pool."""
        async with self.engine.connect() as connection:
            try:
                yield await self._begin(connection)
            except BaseException:
                await _uncancelled(_roll_back(connection))
                raise

    async def _begin(self, connection: AsyncConnection) -> tuple[AsyncConnection, Any]:
        """With the driver's own. The server may have ended those that lay in the pool: asking tells which."""
        dead = 0
        while True:
            driver = await _driver_of(connection)
            try:
                await driver.execute("BEGIN")
            except DATABASE_ERRORS as error:
                await connection.invalidate()
                if dead >= self._pool_size or not is_transient(error):
                    raise
                dead += 1
            else:
                return connection, driver

    async def _commit(self, driver: Any, tx: Transaction) -> None:
        if await driver.execute("COMMIT") != "COMMIT":
            raise CommitRefused
        if tx.wakes:
            self.hint.poke(tx.wakes)

    async def retrying(self, work: Callable[[Transaction], Awaitable[T]], *, tries: int | None = None) -> T:
        """Runs `work` in a transaction, again and again while the failure is transient, with growing pauses.

        Its effects must be guarded by the rows it reads, since a commit may have been carried out although its answer
        was lost. `tries`: where somebody waits for the answer; without end in the background.
        """
        pause_s = _FIRST_BACK_OFF_S
        number = 1
        while True:
            try:
                async with self.transaction() as tx:
                    return await work(tx)
            except Exception as error:
                if not is_transient(error) or number == tries:
                    raise
                log.warning("database.retry", sqlstate=sqlstate(error), error=type(error).__name__)
            await asyncio.sleep(pause_s)
            pause_s, number = min(pause_s * 2, _LONGEST_BACK_OFF_S), number + 1

    async def close(self) -> None:
        await self.hint.close()
        await self.engine.dispose()


async def _driver_of(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


async def _roll_back(connection: AsyncConnection) -> None:
    """What cannot be rolled back in time is cut off: the server then does it."""
    if connection.invalidated:
        return
    driver = await _driver_of(connection)
    try:
        if not driver.is_closed():
            await driver.execute("ROLLBACK", timeout=_ROLL_BACK_S)
            return
    except DATABASE_ERRORS as error:
        log.warning("database.connection_dropped", error=type(error).__name__)
        driver.terminate()
    await connection.invalidate()


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
