"""Triages under several engines and recorders at once: reminded of once, told once, recorded once."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from services.alerts.usecases.triage.watch_plan_steps import watch_plan_steps
from services.alerts.usecases.triage.watch_triages import watch_triages
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.planning import quiet_hours
from tests.support.triages import hold, now, plan, queue, step, supervisor, triage
from tests.support.world import RIVER_ROAD

INCIDENTS, ENGINES = 5, 4


async def engines(alone: AlertsAlone) -> None:
    """Several at once, each until nothing is due for it."""

    async def one() -> None:
        for job in (watch_triages, watch_plan_steps):
            while await alone.world.alerts_db.retrying(job):
                pass

    await asyncio.gather(*(one() for _ in range(ENGINES)))


async def rows(alone: AlertsAlone, statement: str) -> list[Any]:
    async with alone.world.alerts_db.transaction() as tx:
        return [tuple(row.values()) for row in await tx.rows(statement)]


async def test_of_several_engines_one_reminds_in_the_morning_and_one_pages_about_each_triage_whatever_the_hour(
    alone: AlertsAlone,
) -> None:
    begins = now(alone.world)
    night = quiet_hours(begins + timedelta(hours=19), begins + timedelta(hours=21, minutes=1), "triage_reminder")
    await alone.world.asks(quiet_hours=night)
    incidents = {await alone.incident() for _ in range(INCIDENTS)}
    await alone.world.deployment.advance(hours=20, minutes=30)
    await engines(alone)
    assert await rows(alone, "SELECT 1 FROM deliveries WHERE kind = 'triage.due_soon'") == []
    await alone.world.deployment.advance(minutes=31)
    await engines(alone)
    reminded = await rows(alone, "SELECT CAST(incident_id AS text) FROM deliveries WHERE kind = 'triage.due_soon'")
    assert sorted(incident for (incident,) in reminded) == sorted(incidents)
    await alone.world.deployment.advance(hours=3)
    await engines(alone)
    told = await rows(alone, "SELECT subject FROM pages WHERE kind = 'triage_overdue' AND state = 'open'")
    assert sorted(subject for (subject,) in told) == sorted(incidents)
    assert sorted(await queue(alone.world, "overdue")) == sorted(incidents)


async def test_without_a_state_all_that_hold_are_listed_page_by_page_the_newest_first(alone: AlertsAlone) -> None:
    overdue = await alone.incident()
    await alone.world.deployment.advance(hours=25)
    held, due, withdrawn = [await alone.incident() for _ in range(3)]
    await hold(alone.world, held)
    await rows(
        alone,
        f"UPDATE triages SET state = 'withdrawn', next_action_at = NULL WHERE incident_id = '{withdrawn}' RETURNING 1",
    )
    assert await queue(alone.world) == [due, held, overdue]
    found, path = list[str](), "/v1/triages?limit=1"
    while path:
        page = await alone.world.alerts.get(path, headers=supervisor(alone.world))
        found += [line["incident_id"] for line in page.json()["items"]]
        path = page.links.get("next", {}).get("url", "")
    assert found == [due, held, overdue]


async def test_a_step_whose_day_is_over_is_told_in_the_morning_once_and_again_when_it_was_put_off(
    alone: AlertsAlone,
) -> None:
    """By several engines, to the supervisors of each organization that was to do something; a done step is told of no
    more, and where nobody can be told the desk is.
    """
    heron, crow = await alone.world.on_duty("heron"), await alone.world.on_duty("crow", organization=RIVER_ROAD)
    await alone.world.asks(quiet_hours={"from": "22:00", "until": "07:00", "waits": ["triage_reminder"]})
    incident = await alone.incident()
    steps = [step(alone.world, one, days=3) for one in (heron, heron, heron, crow)]
    held = (await hold(alone.world, incident, next_steps=steps)).json()
    path = f"/v1/dispatches/{incident}/response-plan/steps/{held['steps'][0]['step_id']}/done"
    done = await alone.world.alerts.post(path, headers=alone.world.bearer("program_office"))
    [(midnight,)] = await rows(
        alone, "SELECT (max(due_on) + 1)::timestamp AT TIME ZONE 'America/New_York' FROM plan_steps"
    )
    async with alone.world.alerts_db.transaction() as tx:  # as an engine that was away since then finds them
        await tx.run("UPDATE plan_steps SET next_action_at = :at WHERE done_at IS NULL", at=midnight)
    for moment, number in ((timedelta(hours=6, minutes=55), 0), (timedelta(hours=7, minutes=5), 1)):
        await alone.world.deployment.advance(seconds=(midnight + moment - now(alone.world)).total_seconds())
        await engines(alone)
        assert len(await steps_told(alone)) == number
    [told] = await steps_told(alone)
    assert sorted(told) == sorted(one["step_id"] for one in held["steps"][1:3])
    assert await rows(alone, "SELECT subject FROM alarms WHERE alarm = 'nobody_to_page'") == [("plan_step_overdue",)]
    put_off, kept = (step(alone.world, heron, days=days, step_id=one) for days, one in zip((1, 0), told, strict=True))
    kept["due_on"] = steps[2]["due_on"]
    assert (await plan(alone.world, incident, [put_off, kept], if_match=done.headers["ETag"])).status_code == 200
    await engines(alone)
    await alone.world.deployment.advance(days=3)
    await engines(alone)
    assert await steps_told(alone) == [told, [told[0]]]


async def steps_told(alone: AlertsAlone) -> list[list[str]]:
    """In the order in which they were told."""
    bodies = await rows(alone, "SELECT body FROM deliveries WHERE kind = 'plan_step.overdue' ORDER BY created_at")
    return [json.loads(body)["data"]["step_ids"] for (body,) in bodies]


async def test_of_several_records_at_once_one_is_kept_and_an_engine_beside_them_leaves_no_page(
    alone: AlertsAlone,
) -> None:
    incident = await alone.incident()
    await alone.world.deployment.advance(hours=25)
    answers, _ = await asyncio.gather(asyncio.gather(*(hold(alone.world, incident) for _ in range(5))), engines(alone))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    await engines(alone)
    assert await rows(alone, "SELECT 1 FROM pages WHERE kind = 'triage_overdue' AND state = 'open'") == []
    told = "SELECT count(*) FROM outbox WHERE headers ->> 'ce_type' = 'truce.alerts.triage.held.v1'"
    assert await rows(alone, told) == [(1,)]


async def test_of_several_plans_from_one_reading_one_is_kept(alone: AlertsAlone) -> None:
    incident = await alone.incident()
    seen = f'"{(await hold(alone.world, incident)).json()["version"]}"'
    answers = await asyncio.gather(*(plan(alone.world, incident, [], if_match=seen) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    assert (await triage(alone.world, incident))["plan"]["number"] == 1


async def test_a_record_sent_again_with_its_key_gets_the_same_answer(alone: AlertsAlone) -> None:
    incident = await alone.incident()
    body: dict[str, Any] = {
        "attended_by": [{"role": "supervisor"}],
        "decisions": ["monitor"],
        "risk": {"immediate": "none", "ongoing": "none", "long_term": "none"},
    }
    shown = await triage(alone.world, incident)
    async with alone.world.alerts_db.transaction() as tx:
        at = (await tx.row("SELECT app_now() AS at"))["at"]
    headers = alone.world.bearer("program_office", sub="office-1") | {"Idempotency-Key": "triage-1"}
    path = f"/v1/dispatches/{incident}/triage"
    twice = [
        await alone.world.alerts.post(path, json=body | {"held_at": at.isoformat()}, headers=headers) for _ in "12"
    ]
    assert [answer.status_code for answer in twice] == [201, 201]
    assert twice[0].json() == twice[1].json()
    assert (shown["state"], (await triage(alone.world, incident))["version"]) == ("due", 2)
