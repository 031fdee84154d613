"""A feed loses nothing, whoever commits when: positions rise by one and become visible in their order."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from random import Random

import pytest

from shared.messaging.feed import Change, announce, behind, forget_told, head, is_kept, number
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.web.live import feed as live
from shared.web.live.feed import LiveFeed, Telling
from tests.integration.shared.notebook import running
from tests.support.deployment import Deployment
from tests.support.waiting import eventually

FEED = "notes"
WRITERS, CHANGES = 8, 40


@pytest.fixture
async def db(deployment: Deployment) -> Database:
    made = await deployment.database("casework")
    async with made.transaction() as tx:
        await tx.run("INSERT INTO feed_heads (feed, position) VALUES (:feed, 0)", feed=FEED)
    return made


async def numbered(db: Database) -> int:
    async with db.transaction() as tx:
        return await number(tx, FEED)


async def read(db: Database, position: int = 0) -> list[Change]:
    async with db.transaction() as tx:
        return list(await behind(tx, FEED, position, limit=10_000))


async def said(db: Database, *changes: str, subject: str = "heron") -> None:
    async with db.transaction() as tx:
        for change in changes:
            announce(tx, feed=FEED, subject=subject, change=change)


async def test_what_commits_late_comes_behind_what_was_read_already(db: Database) -> None:
    written, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        async with db.transaction() as tx:
            announce(tx, feed=FEED, subject="heron", change="late")
            await tx.finish()
            written.set()
            await go_on.wait()

    late = asyncio.create_task(slowly())
    await written.wait()
    await said(db, "early", subject="kestrel")
    assert await numbered(db) == 1
    [early] = await read(db)
    go_on.set()
    await late
    assert await numbered(db) == 1
    assert [(one.position, one.change) for one in await read(db, early.position)] == [(2, "late")]


async def test_only_one_numbers_at_a_time(db: Database) -> None:
    await said(db, "first")
    async with db.transaction() as tx:
        assert await number(tx, FEED) == 1
        await said(db, "second")
        assert await numbered(db) == 0
    assert await numbered(db) == 1
    assert [(one.position, one.change) for one in await read(db)] == [(1, "first"), (2, "second")]


async def test_changes_of_one_transaction_keep_their_order(db: Database) -> None:
    await said(db, "first", "second", "third")
    assert await numbered(db) == 3
    assert [(one.position, one.change) for one in await read(db)] == [(1, "first"), (2, "second"), (3, "third")]


class Crowd:
    """Writers that take their time and sometimes roll back, numberers, and a reader that asks for what is new."""

    def __init__(self, db: Database) -> None:
        self.db, self.random, self.done = db, Random(7), asyncio.Event()
        self.seen: list[Change] = []

    async def writes(self) -> None:
        for _ in range(CHANGES):
            with suppress(RolledBack):
                await self.write(str(self.random.randrange(3)), fails=self.random.random() < 0.2)

    async def write(self, subject: str, *, fails: bool) -> None:
        """Under the subject's lock, as use cases do it. A change says how many there were before it."""
        async with self.db.transaction() as tx:
            await tx.rows("SELECT 1 FROM subjects WHERE id = :id FOR UPDATE", id=subject)
            before = await tx.row(_BEFORE, subject=subject)
            announce(tx, feed=FEED, subject=subject, change=str(before["n"]))
            await tx.finish()
            await tx.rows("SELECT pg_sleep(:s)", s=self.random.random() * 0.01)
            roll_back(fails)

    async def numbers(self) -> None:
        while not self.done.is_set():
            await numbered(self.db)

    async def reads(self) -> None:
        while not self.done.is_set():
            await self.read()

    async def read(self) -> None:
        self.seen.extend(await read(self.db, self.seen[-1].position if self.seen else 0))


class RolledBack(Exception):
    pass


def roll_back(really: bool) -> None:
    if really:
        raise RolledBack


_BEFORE = """
SELECT (SELECT count(*) FROM feed_waiting WHERE subject = :subject)
     + (SELECT count(*) FROM feed_entries WHERE subject = :subject) AS n
"""


async def test_many_writers_and_numberers_at_once_lose_and_disorder_nothing(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.run("CREATE TABLE subjects AS SELECT CAST(n AS text) AS id FROM generate_series(0, 2) n")
    crowd = Crowd(db)
    others = [asyncio.create_task(work()) for work in (crowd.numbers, crowd.numbers, crowd.reads)]
    await asyncio.gather(*(crowd.writes() for _ in range(WRITERS)))
    crowd.done.set()
    await asyncio.gather(*others)
    while await numbered(db):
        pass
    await crowd.read()
    assert [one.position for one in crowd.seen] == list(range(1, len(crowd.seen) + 1))
    for subject in ("0", "1", "2"):
        own = [int(one.change) for one in crowd.seen if one.subject == subject]
        assert own == list(range(len(own)))
    assert len(crowd.seen) > WRITERS * CHANGES / 2


async def test_what_was_forgotten_or_never_was_is_no_position_to_go_on_from(db: Database) -> None:
    await said(db, *"abcde")
    await numbered(db)
    async with db.transaction() as tx:
        assert [await is_kept(tx, FEED, at) for at in (0, 5, 6)] == [True, True, False]
        await tx.run("UPDATE feed_entries SET numbered_at = clock_timestamp() - interval '8 days' WHERE position < 4")
        assert await forget_told(tx) == 3
        assert [await is_kept(tx, FEED, at) for at in (2, 3, 5, 6)] == [False, True, True, False]
        await tx.run("UPDATE feed_entries SET numbered_at = clock_timestamp() - interval '8 days'")
        assert await forget_told(tx) == 2
        assert [await is_kept(tx, FEED, at) for at in (4, 5)] == [False, True]
        assert await head(tx, FEED) == 5


async def test_what_nobody_follows_is_numbered_to_its_end(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "IDLE_S", 3600.0)
    count = 3 * live.IDLE_AT_A_TIME + 1
    await said(db, *map(str, range(count)))
    feed: LiveFeed[None] = LiveFeed(db, FEED, "note", told_to_nobody)

    async def all_numbered() -> bool:
        return len(await read(db)) == count

    async with running(feed.run()):
        await eventually(all_numbered)
    assert [(one.position, one.change) for one in await read(db)] == [(at + 1, str(at)) for at in range(count)]


async def told_to_nobody(_: Transaction, changes: Sequence[Change]) -> Sequence[Telling[None]]:
    raise AssertionError(changes)


async def test_what_is_rolled_back_was_never_announced(db: Database) -> None:
    with suppress(RolledBack):
        async with db.transaction() as tx:
            announce(tx, feed=FEED, subject="heron", change="undone")
            await tx.finish()
            roll_back(True)
    await said(db, "done")
    assert await numbered(db) == 1
    assert [one.change for one in await read(db)] == ["done"]
