"""Connections that end: in the pool, under somebody's work, with their host."""

from typing import Any

import asyncpg
import pytest

from shared.persistence.database import KEEPALIVE, Database
from shared.persistence.transaction import Transaction
from tests.support.deployment import Deployment
from tests.support.waiting import turns_after_standing_still


@pytest.fixture
async def db(deployment: Deployment) -> Database:
    return await deployment.database("casework")


@pytest.mark.parametrize("turns", range(6))
async def test_connections_that_the_server_ended_in_the_pool_are_not_given_to_anybody(db: Database, turns: int) -> None:
    """However far the loop has come in reading that they are ended: not at all, the last words, the end."""
    async with db.transaction(), db.transaction(), db.transaction():
        pass
    other = await asyncpg.connect(db.dsn)
    ended = await other.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database() AND application_name NOT LIKE 'pg%'"
    )
    other.terminate()
    await turns_after_standing_still(turns, still_s=0.1)
    assert len(ended) >= 3
    async with db.transaction() as tx:
        assert (await tx.row("SELECT 1 AS one"))["one"] == 1


async def test_a_server_whose_host_is_gone_is_noticed_by_the_connection_itself(db: Database) -> None:
    async with db.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        socket = driver._transport.get_extra_info("socket")  # noqa: SLF001 - the driver tells nobody
        told = [socket.getsockopt(level, option) for level, option, _ in KEEPALIVE]
    assert told == [value for *_, value in KEEPALIVE]


async def test_somebody_who_waits_for_the_answer_is_told_after_a_few_tries(db: Database) -> None:
    tries = 0

    async def always_in_conflict(_: Transaction) -> None:
        nonlocal tries
        tries += 1
        raise asyncpg.DeadlockDetectedError

    with pytest.raises(asyncpg.DeadlockDetectedError):
        await db.retrying(always_in_conflict, tries=3)
    assert tries == 3
