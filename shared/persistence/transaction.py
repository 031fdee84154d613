"""A transaction as a use case sees it: rows, SQL and the business clock. It cannot commit.

Rows are SQLModel objects (storage only) or, on hot paths, plain objects that are held; hot or set-based work is SQL
text, which goes straight to the driver: the layers between cost three times the statement itself. Whatever was added
or changed is written before SQL text runs, so that the order in the code is the order in the database.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import SQLModel
from sqlmodel.sql.expression import Select, SelectOfScalar

from shared.persistence.held_rows import HeldRows, Layout
from shared.persistence.put_rows import PutRows
from shared.persistence.sql_text import parse

R = TypeVar("R", bound=SQLModel)
T = TypeVar("T")
Row = Mapping[str, Any]


class Transaction:
    """`wakes`: the channels of those for whom work was left; the hints are sent after the commit."""

    def __init__(self, connection: AsyncConnection, driver: Any) -> None:
        self._connection = connection
        self._driver = driver
        self._opened: AsyncSession | None = None
        self._held: HeldRows | None = None
        self._now: datetime | None = None
        self._collected: dict[Callable[..., Awaitable[None]], list[Any]] = {}
        self._put = PutRows()
        self.wakes: set[str] = set()

    async def now(self) -> datetime:
        """The business clock: `app_now()`, constant within the transaction."""
        if self._now is None:
            # Without a flush: whoever asks the time may be half way through changing a row.
            self._now = cast(datetime, await self._driver.fetchval("SELECT app_now()"))
        return self._now

    def is_now(self, now: datetime) -> None:
        """What `app_now()` said in a statement of this transaction: it need not be asked again."""
        self._now = now

    async def rows(self, statement: str, **parameters: Any) -> Sequence[Row]:
        await self._flush()
        sql = parse(statement)
        return cast("Sequence[Row]", await self._driver.fetch(sql.text, *sql.arguments(parameters)))

    async def row(self, statement: str, **parameters: Any) -> Row:
        """Exactly one."""
        found = await self.row_or_none(statement, **parameters)
        if found is None:
            raise NoSuchRow
        return found

    async def row_or_none(self, statement: str, **parameters: Any) -> Row | None:
        found = await self.rows(statement, **parameters)
        if len(found) > 1:
            raise MoreThanOneRow
        return found[0] if found else None

    async def run(self, statement: str, **parameters: Any) -> int:
        """Executes and returns the number of rows touched: the row count decides."""
        await self._flush()
        sql = parse(statement)
        return _touched(await self._driver.execute(sql.text, *sql.arguments(parameters)))

    async def get(self, table: type[R], key: Any, *, lock: bool = False) -> R | None:
        """One row by primary key; `lock` takes it FOR UPDATE and reads it afresh."""
        session = await self._session()
        return await session.get(table, key, with_for_update=lock or None, populate_existing=lock)

    async def all(self, statement: Select[T] | SelectOfScalar[T], *, afresh: bool = False) -> Sequence[T]:
        """`afresh`: rows that this transaction has seen already are read again, as after a lock."""
        session = await self._session()
        options = {"populate_existing": True} if afresh else {}
        return (await session.execute(statement, execution_options=options)).scalars().all()

    async def add(self, *rows: SQLModel) -> None:
        """Inserts now, so that a violated constraint shows here."""
        session = await self._session()
        session.add_all(rows)
        await session.flush()

    def hold(self, layout: Layout[T], row: T) -> T:
        """`row` is as the database has it, and locked: whatever is changed in it from now on is written back."""
        self._held = self._held or HeldRows()
        self._held.add(layout, row)
        return row

    async def insert(self, layout: Layout[T], row: T) -> T:
        """Inserts now, and holds the row."""
        await self._flush()
        await self._driver.execute(layout.insert, *layout.all_arguments(row))
        return self.hold(layout, row)

    async def write_held(self) -> None:
        """Before a row is read that this transaction may hold already."""
        await self._flush(at_end=True)

    def collect(self, write: Callable[["Transaction", list[T]], Awaitable[None]], item: T) -> None:
        """Keeps `item` for `write`, which is called once with all of them just before the commit, in this order.

        For what many small steps write together; nothing collected is visible before.
        """
        self._collected.setdefault(write, []).append(item)

    def put(self, insert: str, **row: Any) -> None:
        """A row that nobody reads in this transaction: written before the commit with all others in one statement.

        `insert` takes an array for each of the names (shared.persistence.put_rows).
        """
        self._put.add(insert, row)

    async def finish(self) -> None:
        """Writes what was collected and put. Called by the one who commits."""
        while self._collected:
            write = next(iter(self._collected))
            await write(self, self._collected.pop(write))
        if (written := self._put.take()) is not None:
            await self.run(written[0], **written[1])
        await self._flush(at_end=True)

    async def close(self) -> None:
        """Lets go of the row objects. Called by the one who ends the transaction."""
        if self._opened is not None:
            await self._opened.close()

    async def _session(self) -> AsyncSession:
        """Opened by the first who needs row objects: many transactions are SQL text alone."""
        if self._opened is None:
            self._opened = AsyncSession(self._connection, expire_on_commit=False, autoflush=False)
        else:
            await self._flush()
        return self._opened

    async def _flush(self, *, at_end: bool = False) -> None:
        session = self._opened
        if session is not None and (session.new or session.dirty or session.deleted):
            await session.flush()
        if self._held is not None:
            for statement, arguments in self._held.take_changed(at_end=at_end):
                await self._driver.execute(statement, *arguments)


class NoSuchRow(LookupError):
    """A statement that must return one row returned none."""


class MoreThanOneRow(LookupError):
    """A statement that must return one row returned several."""


def _touched(status: str) -> int:
    """`UPDATE 3`, `INSERT 0 3`, `DELETE 3`; whatever has no count touched no row."""
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0
