"""Hints: few however many commits, soon, and never needed."""

import asyncio

import asyncpg
import pytest

from shared.observability.metrics import HINT_FAILURES
from shared.persistence import hint
from shared.persistence.database import Database
from shared.persistence.hint import OUTBOX, Hint, Listener, wait_for_work
from tests.integration.shared.notebook import Notebook, running
from tests.integration.shared.test_exactly_once import reading
from tests.integration.shared.test_relay import all_published, write
from tests.support.deployment import Deployment
from tests.support.waiting import eventually, never

COMMITS = 400


@pytest.fixture
async def db(deployment: Deployment) -> Database:
    return await deployment.database("casework")


async def commit(db: Database, *, wakes: bool = True) -> None:
    async with db.transaction() as tx:
        await tx.now()
        tx.wakes |= {OUTBOX} if wakes else set()


async def test_many_commits_are_few_hints_and_the_last_commit_is_never_without_one(db: Database) -> None:
    connection = await asyncpg.connect(db.dsn)
    heard: list[float] = []
    loop = asyncio.get_running_loop()
    await connection.add_listener(OUTBOX, lambda *_: heard.append(loop.time()))
    began = loop.time()
    for _ in range(COMMITS // 8):
        await asyncio.gather(*(commit(db) for _ in range(8)))
    last = loop.time()
    await eventually(lambda: _true_if(bool(heard) and heard[-1] >= last - 0.001))
    assert len(heard) <= (loop.time() - began) / 0.005 + 2
    assert len(heard) < COMMITS / 2
    await connection.close()


async def test_a_hundred_commits_at_once_are_one_hint_or_two(db: Database) -> None:
    connection = await asyncpg.connect(db.dsn)
    heard: list[object] = []
    await connection.add_listener(OUTBOX, lambda *_: heard.append(1))
    for _ in range(100):
        db.hint.poke({OUTBOX})
    await eventually(lambda: _true_if(bool(heard)))
    await never(lambda: _true_if(len(heard) > 2), for_s=0.3)
    await connection.close()


async def test_a_transaction_that_leaves_no_work_wakes_nobody(db: Database) -> None:
    connection = await asyncpg.connect(db.dsn)
    heard: list[object] = []
    await connection.add_listener(OUTBOX, lambda *_: heard.append(1))
    await commit(db, wakes=False)
    await never(lambda: _true_if(bool(heard)), for_s=0.2)
    await commit(db)
    await eventually(lambda: _true_if(len(heard) == 1))
    await connection.close()


async def test_a_listener_that_lost_its_connection_connects_again_by_itself(db: Database) -> None:
    listener = Listener(db.dsn, OUTBOX)
    woken = listener.waiter()
    async with running(listener.run()):
        await asyncio.wait_for(woken.wait(), 5)
        assert await _terminate_listeners(db)
        woken.clear()
        await asyncio.wait_for(woken.wait(), 5)  # what came meanwhile is looked for at once
        woken.clear()
        await commit(db)
        await asyncio.wait_for(woken.wait(), 5)


async def test_work_is_found_without_any_hint(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hint, "_RECONNECT_S", 60.0)
    async with notebook.relaying():
        await write(notebook, "first")
        await eventually(lambda: all_published(notebook))
        assert await _terminate_listeners(notebook.db)
        await write(notebook, "second")
        await eventually(lambda: all_published(notebook))  # long before the listener is back


async def test_a_hint_that_cannot_be_sent_is_counted_and_harms_no_commit(db: Database) -> None:
    before = reading(HINT_FAILURES)
    db.hint = Hint("postgresql://nobody@127.0.0.1:1/nowhere")
    await commit(db)
    await eventually(lambda: _true_if(reading(HINT_FAILURES) == before + 1))


async def test_a_hint_before_the_wait_is_not_lost_and_a_wait_without_one_ends() -> None:
    event = asyncio.Event()
    event.set()
    loop = asyncio.get_running_loop()
    began = loop.time()
    await wait_for_work(event, at_most_s=5)
    assert loop.time() - began < 4
    await wait_for_work(event, at_most_s=0.05)
    assert not event.is_set()


async def _terminate_listeners(db: Database) -> int:
    statement = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE query LIKE 'LISTEN%' AND datname = current_database()
    """
    async with db.transaction() as tx:
        return len(await tx.rows(statement))


async def _true_if(fact: bool) -> bool:
    return fact
