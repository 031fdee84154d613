"""Attempts that timed out are noted many at once, and what they mean for anybody else is noted as ever."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg

from services.alerts.delivery.claim import CLAIM, Claimed, claim
from services.alerts.delivery.together import Together
from services.alerts.domain.breaker import OPENS_AFTER
from services.alerts.usecases.messages.note_attempt import Attempt, note_attempt
from services.alerts.usecases.messages.note_retries import is_due_again_alone, note_retries
from services.alerts.usecases.messages.other_channels import Channel
from shared.persistence.sql_text import parse
from shared.persistence.transaction import Row
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter

_NOTICE = """
INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, next_attempt_at)
SELECT gen_random_uuid(), 'urgent', 'notice', :endpoint, '{}', 'pending', 0, clock_timestamp()
FROM generate_series(1, :count)
"""


def timed_out(message: Claimed) -> Attempt:
    return Attempt(
        delivery_id=message.id,
        endpoint_id=message.endpoint_id,
        kind=message.kind,
        offer_id=message.offer_id,
        number=message.number,
        at=message.at,
        first_at=message.first_at,
        waited=timedelta(0),
        took=timedelta(seconds=3),
        outcome="timed_out_response",
        status=None,
        delivered=False,
        gone=False,
        again_in=timedelta(seconds=60),
        endpoint_is_well=message.endpoint_is_well,
        channel=Channel(message.id, message.message_id, message.place),
    )


async def under_way(alone: AlertsAlone, kind: str) -> list[Attempt]:
    taken = await alone.world.alerts_db.retrying(lambda tx: claim(tx, most=50, per_endpoint=10))
    return [timed_out(message) for message in taken if message.kind == kind]


async def notices(alone: AlertsAlone, to: Interrupter, count: int) -> list[Attempt]:
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(_NOTICE, endpoint=to.phone.endpoint_id, count=count)
    return await under_way(alone, "notice")


async def together(alone: AlertsAlone, attempts: list[Attempt]) -> int:
    return len(await alone.world.alerts_db.retrying(lambda tx: note_retries(tx, attempts)))


async def rows(alone: AlertsAlone, statement: str, **parameters: Any) -> list[Row]:
    async with alone.world.alerts_db.transaction() as tx:
        return list(await tx.rows(statement, **parameters))


async def breaker(alone: AlertsAlone, who: Interrupter) -> tuple[str, int]:
    statement = "SELECT breaker, failures FROM webhook_endpoints WHERE id = :id"
    (row,) = await rows(alone, statement, id=who.phone.endpoint_id)
    return row["breaker"], row["failures"]


async def test_they_are_due_again_as_if_each_had_been_noted_alone(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron"), await alone.world.on_duty("kestrel")
    attempts = [*await notices(alone, heron, 3), *await notices(alone, kestrel, 1)]
    assert await together(alone, attempts) == 4
    found = {row["id"]: row for row in await rows(alone, "SELECT * FROM deliveries WHERE kind = 'notice'")}
    made = await rows(alone, "SELECT * FROM delivery_attempts")
    for one in attempts:
        row = found[one.delivery_id]
        assert (row["state"], row["attempts"], row["lease_until"]) == ("retry_scheduled", 1, None)
        assert row["next_attempt_at"] == one.at + timedelta(seconds=60)
        assert row["last_outcome"] == "timed_out_response"
    assert {(row["delivery_id"], row["number"], row["at"], row["took_ms"], row["outcome"]) for row in made} == {
        (one.delivery_id, 1, one.at, 3000, "timed_out_response") for one in attempts
    }
    assert (await breaker(alone, heron), await breaker(alone, kestrel)) == (("closed", 3), ("closed", 1))
    assert await together(alone, attempts) == 0


async def test_the_failure_that_opens_a_breaker_is_noted_alone_and_told(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    attempts = await notices(alone, heron, OPENS_AFTER)
    assert await together(alone, attempts) == 0
    note = Together(alone.world.alerts_db)
    assert await asyncio.gather(*(note.noted(one) for one in attempts)) == [False] * OPENS_AFTER
    for one in attempts:
        await alone.world.alerts_db.retrying(lambda tx, one=one: note_attempt(tx, one))
    assert await breaker(alone, heron) == ("open", OPENS_AFTER)
    assert [row["alarm"] for row in await rows(alone, "SELECT alarm FROM alarms")] == ["endpoint_failing"]
    assert await together(alone, await notices(alone, heron, 2)) == 2
    assert await breaker(alone, heron) == ("open", OPENS_AFTER + 2)


async def test_a_failure_after_a_first_success_is_noted_alone(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    attempts = await notices(alone, heron, 1)
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE webhook_endpoints SET breaker = 'half_open', breaker_since = app_now(), failures = 0")
    assert await together(alone, attempts) == 0


async def test_an_attempt_that_was_made_again_elsewhere_settles_nothing(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    [late] = await notices(alone, heron, 1)
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE deliveries SET lease_until = clock_timestamp() WHERE state = 'attempting'")
    [again] = await under_way(alone, "notice")
    assert (late.number, again.number) == (1, 2)
    assert await together(alone, [late]) == 0
    [row] = await rows(alone, "SELECT state, attempts FROM deliveries WHERE kind = 'notice'")
    assert (row["state"], row["attempts"]) == ("attempting", 2)
    assert await together(alone, [again]) == 1
    assert await breaker(alone, heron) == ("closed", 1)


async def test_a_question_is_among_them_after_its_first_attempt_and_while_it_holds(alone: AlertsAlone) -> None:
    await alone.world.on_duty("heron")
    await alone.incident()
    (first,) = await under_way(alone, "offer.made")
    assert is_due_again_alone(first)
    assert await together(alone, [first]) == 0
    now = replace(first, again_in=timedelta(0))
    await alone.world.alerts_db.retrying(lambda tx: note_attempt(tx, now))
    (second,) = await under_way(alone, "offer.made")
    async with alone.world.alerts_db.transaction() as held:
        await held.rows("SELECT 1 FROM dispatches FOR UPDATE")
        assert await together(alone, [second]) == 0
    assert await together(alone, [replace(second, again_in=timedelta(0))]) == 1
    (third,) = await under_way(alone, "offer.made")
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE offers SET state = 'withdrawn', settled_at = app_now(), next_action_at = NULL")
    assert await together(alone, [third]) == 0


async def test_a_page_that_somebody_has_is_not_among_them(alone: AlertsAlone) -> None:
    await alone.incident()
    pages = await under_way(alone, "page.exhausted")
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE pages SET state = 'acknowledged', next_action_at = NULL")
    assert pages
    assert await together(alone, pages) == 0


async def test_what_another_holds_is_not_waited_for(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron"), await alone.world.on_duty("kestrel")
    attempts = [*await notices(alone, heron, 1), *await notices(alone, kestrel, 1)]
    async with alone.world.alerts_db.transaction() as held:
        await held.rows("SELECT 1 FROM webhook_endpoints WHERE id = :id FOR UPDATE", id=heron.phone.endpoint_id)
        async with asyncio.timeout(2):
            assert await together(alone, attempts) == 1


async def test_certain_failures_ends_and_successes_are_never_among_them(alone: AlertsAlone) -> None:
    await alone.world.on_duty("heron")
    await alone.incident()
    (question,) = await under_way(alone, "offer.made")
    another_stands_by = replace(question.channel, message_id=question.delivery_id)
    for other in (
        replace(question, outcome="rejected_503"),
        replace(question, again_in=None),
        replace(question, gone=True),
        replace(question, delivered=True, outcome="delivered"),
        replace(question, kind="assignment.made"),
        replace(question, outcome="connect_out_of_sockets"),
        replace(question, kind="notice", outcome="rejected_503", channel=another_stands_by),
    ):
        assert not is_due_again_alone(other)
        assert not await Together(alone.world.alerts_db).noted(other)


async def test_one_that_cannot_be_noted_leaves_each_to_be_noted_alone(alone: AlertsAlone) -> None:
    good, bad = await notices(alone, await alone.world.on_duty("heron"), 2)
    note = Together(alone.world.alerts_db)
    async with asyncio.timeout(5):
        assert await asyncio.gather(note.noted(good), note.noted(replace(bad, outcome="timed_out_\0"))) == [False] * 2
    assert await together(alone, [good]) == 1


async def test_a_claim_beside_hundreds_that_hang_compares_nothing_with_everything(alone: AlertsAlone) -> None:
    """With statistics from a moment when nothing was under way, as there are after a quiet hour."""
    heron = await alone.world.on_duty("heron")
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(_MANY_ENDPOINTS)
        await tx.run(_MANY, state="delivered", each=10, due_in=None, leased_for=None)
    connection = await asyncpg.connect(alone.world.alerts_db.dsn)
    try:
        await connection.execute("ANALYZE deliveries")
        async with alone.world.alerts_db.transaction() as tx:
            await tx.run(_MANY, state="attempting", each=2, due_in=None, leased_for=timedelta(seconds=60))
            await tx.run(_MANY, state="pending", each=1, due_in=timedelta(0), leased_for=None)
            await tx.run(_NOTICE, endpoint=heron.phone.endpoint_id, count=1)
        compared = await _compared(connection)
    finally:
        await connection.close()
    assert compared < 2000


_MANY_ENDPOINTS = """
INSERT INTO webhook_endpoints (id, version, owner_kind, url, secret_sealed, enabled, created_at)
SELECT gen_random_uuid(), 1, 'duty_dispatcher', 'http://hangs.test/' || n, '', true, clock_timestamp()
FROM generate_series(1, 200) n
"""
_MANY = """
INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, next_attempt_at, lease_until)
SELECT gen_random_uuid(), 'urgent', 'notice', e.id, '{}', :state, 1,
       clock_timestamp() + CAST(:due_in AS interval), clock_timestamp() + CAST(:leased_for AS interval)
FROM webhook_endpoints e, generate_series(1, :each) WHERE e.url LIKE 'http://hangs.test/%'
"""


async def _compared(connection: Any) -> int:
    """How many pairs of rows its joins looked at in vain."""
    sql = parse(CLAIM)
    arguments = sql.arguments({"per_endpoint": 2, "most_attempts": 20, "texts_per_minute": 4, "most": 32})
    plan = await connection.fetch(f"EXPLAIN (ANALYZE, FORMAT TEXT) {sql.text}", *arguments)
    lines = [line for (line,) in plan if "Rows Removed by Join Filter" in line]
    return sum(int(line.rpartition(" ")[2]) for line in lines)
