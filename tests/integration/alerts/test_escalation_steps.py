"""The steps of an escalation by the clock alone: each once, in order, never early, however many engines look."""

import asyncio
import json
from typing import Any

from services.alerts.usecases.dispatching.escalate_dispatch import escalate_dispatch
from services.alerts.usecases.dispatching.reconsider_exhausted import hear_requests, reconsider_exhausted_dispatch
from services.alerts.usecases.responding.watch_arrivals import watch_arrivals
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Offer

LONG = {"acknowledge_within_s": 3000, "accept_within_s": 3000, "undelivered_after_s": 3000}
CHAIN = [
    {"to": "next_tier", "after_s": 60},
    {"to": "supervisor", "after_s": 120},
    {"to": "dispatcher", "after_s": 180},
]
_STEPS = "SELECT reason FROM desk_actions WHERE incident_id = :id AND action = 'escalate' ORDER BY id"

_SAID = "SELECT body FROM deliveries WHERE kind = 'page.exhausted' ORDER BY created_at"


async def engines(alone: AlertsAlone, *, count: int = 6) -> None:
    """Several at once, each until nothing is due for it."""

    async def one() -> None:
        while await alone.world.alerts_db.retrying(escalate_dispatch):
            pass
        while await alone.world.alerts_db.retrying(watch_arrivals):
            pass

    await asyncio.gather(*(one() for _ in range(count)))


async def taken(alone: AlertsAlone, incident: str) -> list[str]:
    async with alone.world.alerts_db.transaction() as tx:
        return [row["reason"] for row in await tx.rows(_STEPS, id=incident)]


async def begun(alone: AlertsAlone, **terms: Any) -> list[str]:
    await alone.world.asks(**LONG, escalation=CHAIN, **terms)
    for number in range(8):
        await alone.world.on_duty(f"bird-{number}", km=1 + number)
    return [await alone.incident() for _ in range(4)]


async def test_several_engines_take_each_step_once_and_nobody_early(alone: AlertsAlone) -> None:
    incidents = await begun(alone)
    expected = [step["to"] for step in CHAIN]
    for done, seconds in ((0, 50), (1, 30), (1, 20), (2, 40), (3, 60), (3, 600)):
        await alone.world.deployment.advance(seconds=seconds)
        await engines(alone)
        for incident in incidents:
            assert await taken(alone, incident) == expected[:done]
    async with alone.world.alerts_db.transaction() as tx:
        pages = await tx.rows("SELECT subject, audience FROM pages WHERE kind = 'escalated' ORDER BY subject")
        told = await tx.rows("""SELECT value ->> 'step' AS step FROM (
            SELECT convert_from(value, 'UTF8')::jsonb AS value FROM outbox
            WHERE headers ->> 'ce_type' = 'truce.alerts.dispatch.escalated.v1') o""")
    assert [(row["subject"], row["audience"]) for row in pages] == sorted(
        (f"{incident}/{desk}", desk) for incident in incidents for desk in ("supervisor", "dispatcher")
    )
    assert sorted(row["step"] for row in told) == sorted(["1", "2", "3"] * len(incidents))


async def test_a_step_that_reaches_nobody_is_passed_over_at_once(alone: AlertsAlone) -> None:
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE webhook_endpoints SET enabled = false WHERE owner_kind = 'supervisor'")
    await alone.world.asks(**LONG, escalation=CHAIN[1:])
    await alone.world.on_duty("heron", km=0.4)
    incident = await alone.incident()
    await alone.world.deployment.advance(seconds=125)
    await engines(alone)
    assert await taken(alone, incident) == ["supervisor", "dispatcher"]
    async with alone.world.alerts_db.transaction() as tx:
        assert not await tx.rows("SELECT FROM alarms WHERE alarm = 'nobody_to_page'")


async def test_a_late_engine_takes_what_is_due_in_order(alone: AlertsAlone) -> None:
    (incident, *_) = await begun(alone)
    await alone.world.deployment.advance(seconds=3600)
    await engines(alone, count=1)
    assert await taken(alone, incident) == [step["to"] for step in CHAIN]


async def test_whoever_is_not_on_scene_in_time_is_told_of_once_by_several_engines(alone: AlertsAlone) -> None:
    await alone.world.asks(on_scene_within_s=600)
    heron = await alone.world.on_duty("heron", km=0.4)
    incident = await alone.incident()
    offers = (await alone.world.dispatch(incident))["offers"]
    answer = await alone.world.alerts.post(
        f"/v1/offers/{offers[0]['offer_id']}/accept", headers=alone.world.bearer("interrupter", worker=heron.worker)
    )
    assert answer.status_code == 200, answer.text
    for told, seconds in ((0, 590), (1, 20), (1, 3000)):
        await alone.world.deployment.advance(seconds=seconds)
        await engines(alone)
        async with alone.world.alerts_db.transaction() as tx:
            pages = await tx.rows("SELECT state FROM pages WHERE kind = 'not_on_scene'")
        assert len(pages) == told


async def test_a_role_that_nobody_is_left_for_is_named_and_stops_no_escalation_of_others(
    alone: AlertsAlone,
) -> None:
    db, chain = alone.world.alerts_db, [{**CHAIN[0], "after_s": 30}, *CHAIN[1:]]
    await alone.world.asks(**LONG, escalation=chain, roles={"scene": 1, "hospital": 1})
    heron = await alone.world.on_duty("heron", km=0.4)
    incident = await alone.incident()
    assert (await alone.world.dispatch(incident))["state"] == "exhausted"
    assert await exhausted(alone) == [(1, ["hospital"])]
    await alone.world.deployment.advance(seconds=125)
    await engines(alone)
    assert await taken(alone, incident) == ["next_tier", "supervisor"]
    assert await exhausted(alone) == [(1, ["hospital"])]
    [offer] = (await alone.world.dispatch(incident))["offers"]
    await heron.declines(Offer(offer["offer_id"], incident))
    assert await exhausted(alone) == [(2, ["scene", "hospital"])]
    await alone.world.deployment.advance(seconds=125)
    await engines(alone)
    assert await taken(alone, incident) == ["next_tier", "supervisor"]
    async with db.transaction() as tx:
        said = [json.loads(bytes(row["body"]))["data"]["roles"] for row in await tx.rows(_SAID)]
    assert said == [["hospital"]] * 2 + [["scene", "hospital"]] * 2
    await alone.world.on_duty("dove", roles=("scene",))
    while await db.retrying(hear_requests) or await db.retrying(reconsider_exhausted_dispatch):
        pass
    assert await exhausted(alone) == [(2, ["hospital"])]


async def exhausted(alone: AlertsAlone) -> list[tuple[int, list[str]]]:
    """Of each open page that nobody is left: how often it was sent, and the roles."""
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT round, roles FROM pages WHERE kind = 'exhausted' AND state = 'open'")
    return [(row["round"], row["roles"]) for row in rows]


async def test_nobody_who_comes_on_duty_is_asked_for_an_old_crime_and_a_person_is_told_once(alone: AlertsAlone) -> None:
    db, desk = alone.world.alerts_db, alone.world.bearer("dispatcher")
    incident = await alone.incident()
    for hours, told in ((5, "exhausted"), (2, "given_up")):
        await alone.world.deployment.advance(hours=hours)
        assert await db.retrying(reconsider_exhausted_dispatch)
        pages = (await alone.world.alerts.get("/v1/pages", headers=desk)).json()
        assert [page["kind"] for page in pages] == [told]
    await alone.world.alerts.post(f"/v1/pages/{pages[0]['page_id']}/acknowledge", headers=desk)
    await alone.world.on_duty("heron")
    while await db.retrying(hear_requests) or await db.retrying(reconsider_exhausted_dispatch):
        pass
    [line] = (await alone.world.alerts.get("/v1/dispatches", headers=desk)).json()["items"]
    assert (line["state"], line["given_up"], (await alone.world.dispatch(incident))["offers"]) == (
        "exhausted",
        True,
        [],
    )
    assert (await alone.world.alerts.get("/v1/pages", headers=desk)).json() == []
