"""A transaction as a use case sees it: rows, SQL and the business clock. It cannot commit.

Rows are SQLModel objects (storage only); hot or set-based work is SQL text. Whatever was added is flushed before SQL
text runs, so that the order in the code is the order in the database.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel
from sqlmodel.sql.expression import Select, SelectOfScalar

R = TypeVar("R", bound=SQLModel)
T = TypeVar("T")

_statements: dict[str, TextClause] = {}


def _prepared(statement: str) -> TextClause:
    """SQL text is parsed for its parameters once: the statements of a programme are a small fixed set."""
    clause = _statements.get(statement)
    if clause is None:
        clause = _statements[statement] = text(statement)
    return clause


class Transaction:
    """`wakes`: the channels of those for whom work was left; the hints are sent after the commit."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._now: datetime | None = None
        self._collected: dict[Callable[..., Awaitable[None]], list[Any]] = {}
        self.wakes: set[str] = set()

    async def now(self) -> datetime:
        """The business clock: `app_now()`, constant within the transaction."""
        if self._now is None:
            # Without a flush: whoever asks the time may be half way through changing a row.
            self._now = cast(datetime, (await self._session.execute(_prepared("SELECT app_now()"))).scalar_one())
        return self._now

    async def rows(self, statement: str, **parameters: Any) -> Sequence[RowMapping]:
        return (await self._execute(statement, parameters)).mappings().all()

    async def row(self, statement: str, **parameters: Any) -> RowMapping:
        return (await self._execute(statement, parameters)).mappings().one()

    async def row_or_none(self, statement: str, **parameters: Any) -> RowMapping | None:
        return (await self._execute(statement, parameters)).mappings().one_or_none()

    async def run(self, statement: str, **parameters: Any) -> int:
        """Executes and returns the number of rows touched: the row count decides."""
        return (await self._execute(statement, parameters)).rowcount

    async def get(self, table: type[R], key: Any, *, lock: bool = False) -> R | None:
        """One row by primary key; `lock` takes it FOR UPDATE and reads it afresh."""
        await self._session.flush()
        return await self._session.get(table, key, with_for_update=lock or None, populate_existing=lock)

    async def all(self, statement: Select[T] | SelectOfScalar[T], *, afresh: bool = False) -> Sequence[T]:
        """`afresh`: rows that this transaction has seen already are read again, as after a lock."""
        await self._session.flush()
        options = {"populate_existing": True} if afresh else {}
        return (await self._session.execute(statement, execution_options=options)).scalars().all()

    async def add(self, *rows: SQLModel) -> None:
        """Inserts now, so that a violated constraint shows here."""
        self._session.add_all(rows)
        await self._session.flush()

    def collect(self, write: Callable[["Transaction", list[T]], Awaitable[None]], item: T) -> None:
        """Keeps `item` for `write`, which is called once with all of them just before the commit, in this order.

        What many small steps write alike goes into one statement; nothing collected is visible before.
        """
        self._collected.setdefault(write, []).append(item)

    async def finish(self) -> None:
        """Writes what was collected. Called by the one who commits."""
        while self._collected:
            write = next(iter(self._collected))
            await write(self, self._collected.pop(write))
        await self._session.flush()

    async def _execute(self, statement: str, parameters: dict[str, Any]) -> CursorResult[Any]:
        await self._session.flush()
        return cast("CursorResult[Any]", await self._session.execute(_prepared(statement), parameters))
