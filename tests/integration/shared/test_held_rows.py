"""Rows held as plain objects: what is changed in memory is in the database before anybody looks, and never twice."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from shared.persistence.database import CommitRefused, Database
from shared.persistence.held_rows import Layout
from shared.persistence.transaction import MoreThanOneRow, NoSuchRow
from tests.support.deployment import Deployment


@dataclass(slots=True)
class Kite:
    id: int
    colour: str
    facts: dict[str, Any]
    reel: int = 0


KITE = Layout(Kite, "kites", key="id", fixed=("colour",))
LATE = Layout(Kite, "kites", key="id", fixed=("colour",), at_end=True)
TABLE = "CREATE TABLE kites (id integer PRIMARY KEY, colour text, facts jsonb, reel integer, writes integer DEFAULT 0)"
COUNT_WRITES = """
CREATE FUNCTION count_write() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN NEW.writes := OLD.writes + 1; RETURN NEW; END'
"""
TRIGGER = "CREATE TRIGGER counted BEFORE UPDATE ON kites FOR EACH ROW EXECUTE FUNCTION count_write()"
SEEN = "SELECT reel, facts, writes FROM kites WHERE id = 1"


@pytest.fixture
async def db(deployment: Deployment) -> AsyncIterator[Database]:
    made = await deployment.database("casework")
    async with made.transaction() as tx:
        for statement in (TABLE, COUNT_WRITES, TRIGGER):
            await tx.run(statement)
        await tx.insert(KITE, Kite(1, "red", {"tail": "long"}))
    yield made
    async with made.transaction() as tx:
        await tx.run("DROP TABLE kites")
        await tx.run("DROP FUNCTION count_write")


async def seen(db: Database) -> tuple[int, dict[str, Any], int]:
    async with db.transaction() as tx:
        row = await tx.row(SEEN)
    return row["reel"], row["facts"], row["writes"]


async def test_a_change_is_written_before_the_next_statement_and_once(db: Database) -> None:
    async with db.transaction() as tx:
        kite = tx.hold(KITE, KITE.read(await tx.row(f"{KITE.select} FOR UPDATE")))
        kite.reel, kite.facts = 7, {"tail": "short"}
        assert dict(await tx.row(SEEN)) == {"reel": 7, "facts": {"tail": "short"}, "writes": 1}
        await tx.row(SEEN)
    assert await seen(db) == (7, {"tail": "short"}, 1)


async def test_what_is_for_the_end_is_written_once_before_the_commit(db: Database) -> None:
    async with db.transaction() as tx:
        kite = tx.hold(LATE, LATE.read(await tx.row(f"{LATE.select} FOR UPDATE")))
        for reel in (1, 2, 3):
            kite.reel = reel
            assert (await tx.row(SEEN))["reel"] == 0
    assert await seen(db) == (3, {"tail": "long"}, 1)


async def test_whoever_reads_a_held_row_again_asks_for_it_to_be_written_first(db: Database) -> None:
    async with db.transaction() as tx:
        kite = tx.hold(LATE, LATE.read(await tx.row(f"{LATE.select} FOR UPDATE")))
        kite.reel = 5
        await tx.write_held()
        assert (await tx.row(SEEN))["reel"] == 5


async def test_what_did_not_change_is_not_written_and_a_failure_undoes_all(db: Database) -> None:
    async with db.transaction() as tx:
        tx.hold(KITE, KITE.read(await tx.row(f"{KITE.select} FOR UPDATE")))

    async def failing() -> None:
        async with db.transaction() as tx:
            kite = tx.hold(KITE, KITE.read(await tx.row(f"{KITE.select} FOR UPDATE")))
            kite.reel = 9
            await tx.run("SELECT 1 / 0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await failing()
    assert await seen(db) == (0, {"tail": "long"}, 0)


async def test_a_failure_that_was_overlooked_cannot_be_committed(db: Database) -> None:
    async def careless() -> None:
        async with db.transaction() as tx:
            await tx.run("UPDATE kites SET reel = 4")
            with pytest.raises(asyncpg.DivisionByZeroError):
                await tx.run("SELECT 1 / 0")

    with pytest.raises(CommitRefused):
        await careless()
    assert (await seen(db))[0] == 0


async def test_one_row_is_one_row(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(NoSuchRow):
            await tx.row("SELECT 1 WHERE false")
        with pytest.raises(MoreThanOneRow):
            await tx.row("SELECT generate_series(1, 2)")
