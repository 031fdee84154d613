"""A database that another test had is as new: with what its template held, in the same rows or in copies of them."""

import pytest

from deploy.local.stack import LocalStack
from shared.kernel.ids import random_id
from shared.persistence.database import Database
from tests.support.database_pool import Contents
from tests.support.deployment import Deployment


async def _two_areas(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.run(
            "INSERT INTO communities (area_id, name, version) VALUES ('alder', 'Alder', 1), ('birch', 'Birch', 1)"
        )
        await tx.run("SELECT nextval(pg_get_serial_sequence('outbox', 'id'))")


TWO_AREAS = Contents("alerts", "two_areas", _two_areas)


@pytest.mark.parametrize(
    "deed",
    [
        "SELECT 1",
        "UPDATE communities SET version = 2 WHERE area_id = 'alder'",
        "DELETE FROM communities WHERE area_id = 'birch'",
        "TRUNCATE communities",
        "INSERT INTO communities (area_id, name, version) VALUES ('cedar', 'Cedar', 1)",
        "CREATE TABLE left_behind AS SELECT 1 AS one",
        "SELECT nextval(pg_get_serial_sequence('outbox', 'id'))",
    ],
)
async def test_it_is_as_new_whatever_was_done(stack: LocalStack, deed: str) -> None:
    names = set()
    for _ in range(3):
        deployment = Deployment(stack, f"t{random_id().hex[:10]}")
        deployment.begins_with(TWO_AREAS)
        db = await deployment.database("alerts")
        names.add(db.dsn)
        async with db.transaction() as tx:
            found = await tx.rows("SELECT area_id, version FROM communities ORDER BY area_id")
            assert [tuple(row.values()) for row in found] == [("alder", 1), ("birch", 1)]
            assert (await tx.row("SELECT to_regclass('left_behind') AS it"))["it"] is None
            assert (await tx.row("SELECT nextval(pg_get_serial_sequence('outbox', 'id')) AS next"))["next"] == 2
            await tx.run(deed)
        await deployment.close()
    assert len(names) == 1, "it was given on"
