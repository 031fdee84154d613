"""What a sender takes next, and that it looks a second time at what it has locked."""

import asyncio
from typing import Any

from services.alerts.delivery.claim import MOST_ATTEMPTS, claim
from shared.persistence.transaction import Transaction
from tests.integration.alerts.conftest import AlertsAlone
from tests.integration.alerts.test_sender import notices
from tests.support.waiting import eventually

# A claim whose clock is read after its statement has begun to see, and before it locks anything.
_SLOW_CLOCK = """
CREATE FUNCTION slow.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS '
BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN pg_catalog.clock_timestamp(); END'
"""
_WAITS = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"


async def taken(tx: Transaction, most: int = 10) -> list[tuple[Any, str]]:
    return [(message.endpoint_id, message.kind) for message in await claim(tx, most=most)]


async def test_what_another_took_since_the_statement_began_is_not_taken_again(alone: AlertsAlone) -> None:
    db = alone.world.alerts_db
    await notices(alone, await alone.world.on_duty("heron"), 1)
    async with db.transaction() as tx:
        await tx.run("CREATE SCHEMA slow")
        await tx.run(_SLOW_CLOCK)

    async def slowly() -> list[tuple[Any, str]]:
        async with db.transaction() as tx:
            await tx.run("SET LOCAL search_path = slow, pg_catalog, public")
            return await taken(tx)

    async def waits() -> bool:
        async with db.transaction() as tx:
            return bool(await tx.rows(_WAITS))

    async with db.transaction() as gate:
        await gate.rows("SELECT pg_advisory_xact_lock(4711)")
        late = asyncio.create_task(slowly())
        await eventually(waits)
        async with db.transaction() as tx:
            assert len(await taken(tx)) == 1
    assert await late == []


async def test_what_another_is_just_taking_is_not_waited_for(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron"), await alone.world.on_duty("kestrel")
    await notices(alone, heron, 1)
    async with alone.world.alerts_db.transaction() as first:
        assert len(await taken(first)) == 1
        await notices(alone, kestrel, 1)
        async with asyncio.timeout(5), alone.world.alerts_db.transaction() as second:
            assert [str(endpoint) for endpoint, _ in await taken(second)] == [kestrel.phone.endpoint_id]


async def test_who_hangs_already_stands_behind_who_may_not_and_what_is_urgent_before_both(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron", duty=False), await alone.world.on_duty("kestrel", km=1)
    await notices(alone, heron, 3)
    async with alone.world.alerts_db.transaction() as tx:
        assert len(await taken(tx, most=1)) == 1
    await notices(alone, kestrel, 1)
    await alone.incident()
    order = []
    for _ in range(3):
        async with alone.world.alerts_db.transaction() as tx:
            order += [(str(endpoint), kind) for endpoint, kind in await taken(tx, most=1)]
    assert order == [
        (kestrel.phone.endpoint_id, "offer.made"),
        (kestrel.phone.endpoint_id, "notice"),
        (heron.phone.endpoint_id, "notice"),
    ]


async def test_what_was_tried_too_often_does_not_ring_for_ever(alone: AlertsAlone) -> None:
    await notices(alone, await alone.world.on_duty("heron"), 2)
    for state in ("state = 'pending'", "state = 'attempting', next_attempt_at = NULL, lease_until = clock_timestamp()"):
        async with alone.world.alerts_db.transaction() as tx:
            await tx.run(f"UPDATE deliveries SET attempts = :most, {state}", most=MOST_ATTEMPTS)
            assert await taken(tx) == []
