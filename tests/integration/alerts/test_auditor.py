"""The auditor on the real database: what it raises, whom it pages without Kafka, and that nothing is told twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from services.alerts.audit.neighbours import Neighbours
from services.alerts.domain.auditing import Alarm, Fault, Reach, Signs
from services.alerts.jobs import JOBS, look_for_due
from services.alerts.queries.overdue import read_overdue
from services.alerts.usecases.paging.follow_own_alarm import follow_own_alarm
from services.alerts.usecases.paging.open_page import open_page
from services.alerts.usecases.paging.settle_page import acknowledge_page
from services.alerts.usecases.paging.tell_faults import tell_faults
from shared.kernel.clock import SystemClock
from shared.messaging.alarms import raise_alarm
from shared.persistence.database import Database
from tests.support.deployment import Deployment
from tests.support.waiting import eventually

AWAY = Fault(Alarm.KAFKA_AWAY, "kafka")
PAGE, LETTER = "alerts/kafka_away/kafka", "alerts/dead_letter/intake.incidents"


@pytest.fixture
async def db(deployment: Deployment) -> Database:
    return await deployment.database("alerts")


async def tell(db: Database, *told: Fault, seen: tuple[Fault, ...] | None = None) -> None:
    async with db.transaction() as tx:
        await tell_faults(tx, told=told, seen=told if seen is None else seen)


async def follow(db: Database) -> None:
    while await db.retrying(follow_own_alarm):
        pass


async def alarms(db: Database) -> list[tuple[str, int]]:
    async with db.transaction() as tx:
        return [(row["state"], row["version"]) for row in await tx.rows("SELECT state, version FROM alarms")]


async def pages(db: Database) -> list[tuple[str, str]]:
    async with db.transaction() as tx:
        rows = await tx.rows("SELECT subject, state FROM pages ORDER BY raised_at, id")
    return [(row["subject"], row["state"]) for row in rows]


async def test_a_fault_is_an_alarm_and_a_page_once_however_often_and_by_however_many_it_is_told(db: Database) -> None:
    for _ in range(3):
        await asyncio.gather(*(tell(db, AWAY) for _ in range(4)))
        await asyncio.gather(*(follow(db) for _ in range(4)))
    assert await alarms(db) == [("raised", 1)]
    assert await pages(db) == [(PAGE, "open")]


async def test_it_is_over_only_when_nobody_has_seen_it_for_a_while(deployment: Deployment, db: Database) -> None:
    await tell(db, AWAY)
    await follow(db)
    await tell(db)
    assert await alarms(db) == [("raised", 1)]
    await deployment.advance(seconds=9)
    await tell(db, AWAY)  # another auditor still sees it
    await deployment.advance(seconds=9)
    await tell(db)
    await tell(db, seen=(AWAY,))
    assert await alarms(db) == [("raised", 1)]
    await deployment.advance(seconds=9)
    await tell(db, seen=(AWAY,))
    assert await alarms(db) == [("raised", 1)]
    await tell(db)
    await follow(db)
    assert await alarms(db) == [("cleared", 2)]
    assert await pages(db) == [(PAGE, "cleared")]
    await tell(db, AWAY)
    await follow(db)
    assert await pages(db) == [(PAGE, "cleared"), (PAGE, "open")]


async def test_only_the_auditors_own_alarms_are_cleared_by_it(deployment: Deployment, db: Database) -> None:
    async with db.transaction() as tx:
        await raise_alarm(tx, service="alerts", alarm="dead_letter", subject="intake.incidents")
    await deployment.advance(minutes=5)
    await tell(db)
    assert await alarms(db) == [("raised", 1)]


async def test_after_the_desk_has_acknowledged_a_page_the_next_fault_of_that_name_pages_again(db: Database) -> None:
    for expected in ([(LETTER, "open")], [(LETTER, "acknowledged"), (LETTER, "open")]):
        async with db.transaction() as tx:
            await raise_alarm(tx, service="alerts", alarm="dead_letter", subject="intake.incidents")
        await follow(db)
        assert sorted(await pages(db)) == expected
        async with db.transaction() as tx:
            page = await tx.row("SELECT id FROM pages WHERE state = 'open'")
            await acknowledge_page(tx, page["id"], by="the desk")
        await follow(db)


async def test_what_was_paged_from_its_row_is_not_paged_again_by_its_event(
    deployment: Deployment, db: Database
) -> None:
    """The desk acknowledged while Kafka was away; then Kafka brings what everybody knows."""
    await tell(db, AWAY)
    await follow(db)
    async with db.transaction() as tx:
        page = await tx.row("SELECT id FROM pages")
        await acknowledge_page(tx, page["id"], by="the desk")
    await deployment.start("alerts", "stream")

    async def came_back() -> bool:
        async with db.transaction() as tx:
            row = await tx.row("SELECT coalesce(sum(next_offset), 0) AS read FROM consumer_positions")
        return bool(row["read"] >= 1)

    await eventually(came_back, within_s=20)
    assert await pages(db) == [(PAGE, "acknowledged")]


async def test_overdue_rows_are_found_and_fresh_ones_are_not(deployment: Deployment, db: Database) -> None:
    async def late() -> set[str]:
        async with db.transaction() as tx:
            return {it.queue for it in await read_overdue(tx) if it.count}

    async with db.transaction() as tx:
        await open_page(tx, kind="alarm", subject="x", repeat_s=60)
    assert await late() == set()
    await deployment.advance(seconds=65)
    assert await late() == set()
    await deployment.advance(seconds=10)
    assert await late() == {"pages"}


# A person with a shift that began a minute ago and a safety hold that ended then, as an engine would have dealt with.
_LATE = """
WITH org AS (INSERT INTO organizations (id, version, name) VALUES (gen_random_uuid(), 1, 'Oak') RETURNING id),
person AS (
    INSERT INTO interrupters (id, version, organization_id, call_sign, roles, floater, active, on_duty,
                              available_since, home_lat, home_lon, held, duty_next_at)
    SELECT gen_random_uuid(), 1, id, 'heron', '{scene}', false, true, false, app_now(), 38.9, -77, true,
           app_now() + interval '1 minute' FROM org RETURNING id)
INSERT INTO safety_holds (id, interrupter_id, reason, placed_by, placed_at, until)
SELECT gen_random_uuid(), id, 'injured', 'supervisor', app_now(), app_now() + interval '1 minute' FROM person
"""


async def test_duty_that_nobody_judges_and_holds_that_nobody_ends_are_overdue(
    deployment: Deployment, db: Database
) -> None:
    async with db.transaction() as tx:
        await tx.run(_LATE)
    for seconds, late in ((65, set()), (10, {"duty", "safety_holds"})):
        await deployment.advance(seconds=seconds)
        async with db.transaction() as tx:
            assert {it.queue for it in await read_overdue(tx) if it.count} == late
    async with db.transaction() as tx:
        found = await look_for_due(tx)
    assert found == {"follow_shifts", "end_overdue_hold"}
    for job in (job for job in JOBS if job.name in found):
        while await db.retrying(job.unit):
            pass
    async with db.transaction() as tx:
        assert {it.queue for it in await read_overdue(tx) if it.count} == set()


ANSWERS = {
    "well": (200, '{"status": "ready", "degraded": [], "clock": "%s"}'),
    "degraded": (200, '{"status": "ready", "degraded": ["stream_silent", "kafka_away"], "clock": "%s"}'),
    "off": (200, '{"status": "ready", "degraded": [], "clock": "2026-05-04T12:00:00+00:00"}'),
    "database": (503, '{"status": "database unreachable"}'),
    "migrations": (503, '{"status": "migrations missing"}'),
    "html": (200, "<html></html>"),
    "list": (200, "[]"),
    "deep": (200, "[" * 15_000),
    "endless": (200, '{"status": "' + "x" * 100_000 + '"}'),
    "strange": (200, '{"status": "ready", "degraded": 7, "clock": "now"}'),
    "elsewhere": (302, ""),
}


@asynccontextmanager
async def neighbourhood() -> AsyncIterator[str]:
    """Services that answer as they are called, and `hangs`, which does not."""
    closing = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind == "hangs":
            await closing.wait()
            return web.Response()
        status, text = ANSWERS[kind]
        text = text.replace("%s", datetime.now(UTC).isoformat())
        return web.Response(status=status, text=text, headers={"Location": "/well/readyz"} if status == 302 else {})

    app = web.Application()
    app.router.add_get("/{kind}/readyz", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        closing.set()
        await runner.cleanup()


async def test_whatever_a_neighbour_answers_is_a_sign_and_never_an_error() -> None:
    kinds = [*ANSWERS, "hangs"]
    async with neighbourhood() as url:
        addresses = {kind: f"{url}/{kind}" for kind in kinds} | {"refuses": "http://127.0.0.1:9"}
        async with Neighbours(addresses, SystemClock()) as neighbours:
            began = asyncio.get_running_loop().time()
            found = {signs.service: signs for signs in await neighbours.ask_all()}
            took_s = asyncio.get_running_loop().time() - began
    assert took_s < 5
    assert found["well"] == Signs("well")
    assert found["degraded"] == Signs("degraded", silent_roles=frozenset({"stream"}), kafka_away=True)
    assert found["off"].clock_off
    assert found["database"].reach is Reach.DATABASE_AWAY
    silent = {kind for kind, signs in found.items() if signs.reach is Reach.SILENT}
    assert silent == {"migrations", "html", "list", "deep", "endless", "strange", "elsewhere", "hangs", "refuses"}


async def test_the_clock_of_a_neighbour_may_differ_a_little() -> None:
    class Fast:
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(seconds=4)

    async with neighbourhood() as url, Neighbours({"well": f"{url}/well"}, Fast()) as neighbours:
        (signs,) = await neighbours.ask_all()
    assert not signs.clock_off
