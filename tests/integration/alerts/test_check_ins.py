"""Check-in timers under several engines at once: each step is taken once, and nobody's is forgotten."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from services.alerts.usecases.responding.watch_check_ins import watch_check_ins
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.boards import line
from tests.support.people import Interrupter, Offer

PEOPLE, ENGINES = 6, 4


async def on_scene(alone: AlertsAlone, number: int) -> tuple[Interrupter, str]:
    who = await alone.world.on_duty(f"heron-{number}", km=0.1 * number)
    incident = await alone.incident()
    [offer] = (await alone.world.dispatch(incident))["offers"]
    assignment = await who.accepts(Offer(offer["offer_id"], incident))
    await who.does(assignment, "on-scene")
    return who, assignment


async def engines(alone: AlertsAlone) -> None:
    """Several at once, each until nothing is due for it."""

    async def one() -> None:
        while await alone.world.alerts_db.retrying(watch_check_ins):
            pass

    await asyncio.gather(*(one() for _ in range(ENGINES)))


async def rows(alone: AlertsAlone, statement: str) -> list[Any]:
    async with alone.world.alerts_db.transaction() as tx:
        return [tuple(row.values()) for row in await tx.rows(statement)]


async def test_of_several_engines_one_asks_and_one_pages_for_each_person(alone: AlertsAlone) -> None:
    people = [await on_scene(alone, number) for number in range(PEOPLE)]
    await alone.world.deployment.advance(minutes=33)
    await engines(alone)
    asked = await rows(alone, "SELECT endpoint_id FROM deliveries WHERE kind = 'check_in.due'")
    assert len(asked) == len(set(asked)) == PEOPLE
    await alone.world.deployment.advance(minutes=9)
    await engines(alone)
    assert await rows(alone, "SELECT count(*) FROM missed_check_ins") == [(PEOPLE,)]
    pages = await rows(alone, "SELECT subject FROM pages WHERE kind = 'welfare' AND state = 'open' AND round = 1")
    assert {subject for (subject,) in pages} == {assignment for _, assignment in people}
    told = "SELECT count(*) FROM outbox WHERE headers ->> 'ce_type' = 'truce.alerts.assignment.check_in_missed.v1'"
    assert await rows(alone, told) == [(PEOPLE,)]
    waiting = "SELECT state FROM deliveries WHERE kind = 'page.welfare'"
    assert len(await rows(alone, waiting)) == 2 * PEOPLE
    [(incident, missed_at)] = await rows(
        alone,
        "SELECT CAST(a.incident_id AS text), m.missed_at FROM assignments a "
        "JOIN missed_check_ins m ON m.assignment_id = a.id LIMIT 1",
    )
    shown = (await line(alone.world, incident))["next_action"]
    assert (shown["code"], datetime.fromisoformat(shown["at"])) == ("check_in_missed", missed_at)


async def test_a_check_in_and_an_engine_at_once_leave_nobody_both_well_and_missed(alone: AlertsAlone) -> None:
    people = [await on_scene(alone, number) for number in range(PEOPLE)]
    for minutes in (33, 9):
        await alone.world.deployment.advance(minutes=minutes)
        await asyncio.gather(engines(alone), *(who.does(assignment, "check-in") for who, assignment in people))
        states = await rows(alone, "SELECT DISTINCT check_in_state FROM assignments")
        assert states == [("due",)]
        assert await rows(alone, "SELECT 1 FROM pages WHERE kind = 'welfare' AND state = 'open'") == []
        unsent = "SELECT 1 FROM deliveries WHERE kind = 'check_in.due' AND state IN ('pending', 'retry_scheduled')"
        assert await rows(alone, unsent) == []


@pytest.mark.parametrize("end", ["clear", "reassign"])
async def test_the_end_of_an_assignment_calls_off_a_question_that_was_not_sent_yet(
    alone: AlertsAlone, end: str
) -> None:
    who, assignment = await on_scene(alone, 1)
    other = await alone.world.on_duty("kestrel", km=3)
    await alone.world.deployment.advance(minutes=33)
    await engines(alone)
    if end == "clear":
        await who.does(assignment, "clear")
    else:
        [(incident,)] = await rows(alone, "SELECT CAST(incident_id AS text) FROM dispatches")
        answer = await alone.world.reassigns(incident, other, instead_of=str(who.worker))
        assert answer.status_code == 201, answer.text
    assert await rows(alone, "SELECT state FROM deliveries WHERE kind = 'check_in.due'") == [("cancelled",)]
    ended = "SELECT check_in_state, check_in_next_at FROM assignments WHERE state IN ('cleared', 'reassigned')"
    assert await rows(alone, ended) == [(None, None)]
