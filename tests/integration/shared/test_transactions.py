"""Transactions: whole or not at all, whatever is cancelled or lost meanwhile; transient failures are done again."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from shared.persistence.database import Database
from shared.persistence.hint import OUTBOX
from shared.persistence.migrate import is_current, upgrade
from shared.persistence.sqlstate import constraint, is_transient, sqlstate
from shared.persistence.transaction import Transaction
from shared.runtime.migrate import versions_of
from tests.support.deployment import Deployment
from tests.support.waiting import eventually

GATE = 4711
# The commit itself waits for the gate: a deferred trigger runs inside COMMIT.
SLOW_COMMIT = (
    "CREATE TABLE gated (id integer PRIMARY KEY)",
    f"""CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock({GATE}); RETURN NULL; END $$""",
    """CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON gated DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait_at_the_gate()""",
)


@pytest.fixture
async def db(deployment: Deployment) -> Database:
    return await deployment.database("casework")


@asynccontextmanager
async def closed_gate(db: Database) -> AsyncIterator[None]:
    holder = await asyncpg.connect(db.dsn)
    try:
        await holder.execute(f"SELECT pg_advisory_lock({GATE})")
        yield
    finally:
        await holder.close()


async def count(db: Database, table: str) -> int:
    async with db.transaction() as tx:
        return int((await tx.row(f"SELECT count(*) AS n FROM {table}"))["n"])


async def waits_at_gate(db: Database) -> bool:
    statement = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = :gate"
    async with db.transaction() as tx:
        return bool(await tx.rows(statement, gate=GATE))


async def test_a_commit_under_way_is_never_cancelled_however_often_it_is_asked_to(db: Database) -> None:
    async with db.transaction() as tx:
        for statement in SLOW_COMMIT:
            await tx.run(statement)

    async def write() -> None:
        async with db.transaction() as tx:
            await tx.run("INSERT INTO gated VALUES (1)")
            tx.wakes.add(OUTBOX)

    listening = await asyncpg.connect(db.dsn)
    woken = asyncio.Event()
    await listening.add_listener(OUTBOX, lambda *_: woken.set())
    async with closed_gate(db):
        task = asyncio.create_task(write())
        await eventually(lambda: waits_at_gate(db))
        for _ in range(3):
            task.cancel()
            await asyncio.wait([task], timeout=0.1)
            assert not task.done()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()
    assert await count(db, "gated") == 1
    await asyncio.wait_for(woken.wait(), 5)
    await listening.close()
    assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined] # the queue pool's own method


async def test_cancelled_requests_leave_no_halves_and_no_settings_behind(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.run("CREATE TABLE halves (request integer, half integer)")
    finished = set()

    async def request(number: int) -> None:
        async with db.transaction() as tx:
            await tx.run("SELECT set_config('app.org', :org, true)", org=str(number))
            await tx.run("INSERT INTO halves VALUES (:number, 1)", number=number)
            await tx.run("INSERT INTO halves VALUES (:number, 2)", number=number)
        finished.add(number)

    dice = random.Random(11)
    loop = asyncio.get_running_loop()
    tasks = []
    for number in range(300):
        task = asyncio.create_task(request(number))
        if number % 3:
            loop.call_later(dice.uniform(0, 0.15), task.cancel)
        tasks.append(task)
        if number % 10 == 9:
            await asyncio.wait(tasks)
    await asyncio.wait(tasks)

    assert all(task.cancelled() or task.exception() is None for task in tasks)
    assert any(task.cancelled() for task in tasks)
    assert finished
    async with db.transaction() as tx:
        found = {
            row["request"]: row["n"] for row in await tx.rows("SELECT request, count(*) AS n FROM halves GROUP BY 1")
        }
        assert (await tx.row("SELECT coalesce(current_setting('app.org', true), '') AS org"))["org"] == ""
    assert set(found.values()) == {2}
    assert finished <= found.keys()
    await eventually(lambda: _none_checked_out(db))


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "57P01", "08006", "53300", "53100", "58030"])
async def test_a_transient_failure_is_done_again_from_the_start(db: Database, state: str) -> None:
    async with db.transaction() as tx:
        await tx.run("CREATE TABLE things (try integer)")
    tries = 0

    async def work(tx: Transaction) -> str:
        nonlocal tries
        tries += 1
        await tx.run("INSERT INTO things VALUES (:try)", **{"try": tries})
        if tries < 3:
            await tx.run(f"DO $$ BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = '{state}'; END $$")
        return "done"

    assert await db.retrying(work) == "done"
    assert (tries, await count(db, "things")) == (3, 1)


async def test_a_lost_connection_is_no_failure_of_background_work(db: Database) -> None:
    tries = 0

    async def work(tx: Transaction) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            killer = await asyncpg.connect(db.dsn)
            pid = (await tx.row("SELECT pg_backend_pid() AS pid"))["pid"]
            await killer.execute("SELECT pg_terminate_backend($1)", pid)
            await killer.close()
        return int((await tx.row("SELECT 7 AS seven"))["seven"])

    assert await db.retrying(work) == 7
    assert tries == 2


async def test_two_that_wait_for_each_other_both_get_done(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.run("CREATE TABLE things (id integer PRIMARY KEY, n integer)")
        await tx.run("INSERT INTO things VALUES (1, 0), (2, 0)")
    both_inside = asyncio.Barrier(2)
    met = False

    async def add(tx: Transaction, first: int, second: int) -> None:
        nonlocal met
        await tx.run("UPDATE things SET n = n + 1 WHERE id = :id", id=first)
        if not met:
            await both_inside.wait()
            met = True
        await tx.run("UPDATE things SET n = n + 1 WHERE id = :id", id=second)

    await asyncio.gather(db.retrying(lambda tx: add(tx, 1, 2)), db.retrying(lambda tx: add(tx, 2, 1)))
    async with db.transaction() as tx:
        assert [row["n"] for row in await tx.rows("SELECT n FROM things")] == [2, 2]


async def test_a_table_changed_under_a_prepared_statement_is_no_failure_of_the_work(db: Database) -> None:
    async def read(tx: Transaction) -> int:
        return len(await tx.row("SELECT * FROM things"))

    async with db.transaction() as tx:
        await tx.run("CREATE TABLE things (a integer)")
        await tx.run("INSERT INTO things VALUES (1)")
    assert await db.retrying(read) == 1
    other = await asyncpg.connect(db.dsn)
    await other.execute("ALTER TABLE things ADD COLUMN b integer")
    await other.close()
    assert await db.retrying(read) == 2


@pytest.mark.parametrize(
    ("statement", "parameters", "state"),
    [
        ("SELECT CAST(:x AS bigint)", {"x": 2**70}, "22000"),
        ("SELECT CAST(:x AS text)", {"x": "secret\ud800"}, "22000"),
        ("SELECT CAST(:x AS text)", {"x": "secret\x00"}, "22021"),
        ("SELECT nothing FROM nowhere", {}, "42P01"),
        ("INSERT INTO outbox (event_id) VALUES (NULL)", {}, "23502"),
    ],
)
async def test_a_lasting_failure_is_raised_at_once_and_its_text_holds_no_parameter(
    db: Database, statement: str, parameters: dict[str, object], state: str
) -> None:
    tries = 0

    async def work(tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        await tx.run(statement, **parameters)

    with pytest.raises(asyncpg.PostgresError) as failed:
        await db.retrying(work)
    assert tries == 1
    assert sqlstate(failed.value) == state
    assert not is_transient(failed.value)


async def test_a_violated_constraint_is_known_by_name(db: Database) -> None:
    with pytest.raises(asyncpg.PostgresError) as failed:
        await db.retrying(lambda tx: tx.run("INSERT INTO relay_lease VALUES (2, NULL, 0, 'infinity')"))
    assert constraint(failed.value) == "relay_lease_id_check"


async def test_the_address_may_say_what_the_driver_understands(db: Database) -> None:
    for dsn in (db.dsn + "?sslmode=prefer", db.dsn.replace("postgresql://", "postgres://")):
        other = Database(dsn)
        assert await count(other, "relay_lease") == 1
        await other.close()


async def test_migrations_wait_their_turn_and_may_be_done_by_several_at_once(db: Database) -> None:
    versions = versions_of("casework")
    await asyncio.gather(*(upgrade(db.dsn, versions) for _ in range(4)))
    assert await is_current(db.engine, versions)


async def _none_checked_out(db: Database) -> bool:
    return bool(db.engine.pool.checkedout() == 0)  # type: ignore[attr-defined] # the queue pool's own method
