"""Within a day of every activation a triage is held and a plan written, or somebody is told that it was not."""

import pytest

from tests.support.planning import ZONE
from tests.support.triages import RISK, hold, now, plan, queue, step, supervisor, triage
from tests.support.world import RIVER_ROAD, World


async def test_a_triage_is_reminded_of_before_it_is_due_and_the_supervisors_are_paged_when_nobody_held_it(
    world: World,
) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    assignment = await heron.arrives(incident)
    await heron.does(assignment, "clear")
    await world.advance(hours=19, minutes=59)
    assert await queue(world, "due") == [incident]
    await world.advance(minutes=1)
    await world.supervisor.is_told("triage.due_soon", incident)
    await world.advance(hours=3, minutes=59)
    assert await queue(world, "overdue") == []
    await world.advance(minutes=1)
    await world.supervisor.is_paged("triage_overdue", incident_id=incident)
    assert (await queue(world, "overdue"), await queue(world, "due")) == ([incident], [])
    await world.advance(hours=1)
    await world.supervisor.is_paged("triage_overdue", incident_id=incident)
    assert (await hold(world, incident)).status_code == 201
    await world.advance(hours=3)
    assert (await queue(world, "overdue"), await queue(world, "held")) == ([], [incident])


async def test_a_triage_that_was_held_in_time_is_owed_no_more(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    await heron.does(await heron.arrives(incident), "clear")
    attended = [{"role": "interrupter", "worker_id": str(heron.worker)}, {"role": "program_office"}]
    held = await hold(
        world, incident, attended_by=attended, decisions=["seek_mediation", "respond"], next_steps=[step(world, heron)]
    )
    assert held.status_code == 201, held.text
    shown = await triage(world, incident)
    assert (shown["state"], shown["decisions"], shown["risk"]) == ("held", ["respond", "seek_mediation"], RISK)
    assert [one["worker_id"] for one in shown["attended_by"]] == [str(heron.worker), None]
    assert [(one["owner_id"], one["action"], one["done_at"]) for one in shown["steps"]] == [
        (str(heron.worker), "visit_family", None)
    ]
    assert (await world.dispatch(incident))["triage"]["risk"] == RISK
    again = await hold(world, incident)
    assert (again.status_code, again.json()["state"]) == (409, "held")
    await world.advance(hours=30)


async def test_the_plan_is_replaced_only_by_whoever_has_seen_what_is_replaced(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    await heron.does(await heron.arrives(incident), "clear")
    early = await plan(world, incident, [], if_match="*")
    assert (early.status_code, early.json()["state"]) == (409, "due")
    seen = (await hold(world, incident, next_steps=[step(world, heron)])).json()
    assert (await plan(world, incident, [], if_match=None)).status_code == 428
    kept = step(world, heron, "attend_vigil", step_id=seen["steps"][0]["step_id"])
    first = await plan(world, incident, [kept, step(world, heron, "mediate")], if_match=f'"{seen["version"]}"')
    assert first.status_code == 200, first.text
    assert first.json()["plan"]["number"] == 1
    stale = await plan(world, incident, [], if_match=f'"{seen["version"]}"')
    assert (stale.status_code, stale.headers["ETag"]) == (412, first.headers["ETag"])
    done = await world.alerts.post(
        f"/v1/dispatches/{incident}/response-plan/steps/{kept['step_id']}/done",
        headers=world.bearer("interrupter", worker=heron.worker),
    )
    assert done.status_code == 200, done.text
    again = await world.alerts.post(
        f"/v1/dispatches/{incident}/response-plan/steps/{kept['step_id']}/done", headers=supervisor(world)
    )
    assert (again.status_code, again.headers["ETag"], again.json()) == (200, done.headers["ETag"], done.json())
    assert (await plan(world, incident, [], if_match=first.headers["ETag"])).status_code == 412
    second = await plan(world, incident, [kept], if_match=done.headers["ETag"], risk=RISK | {"immediate": "low"})
    assert second.status_code == 200, second.text
    told = (await world.dispatch(incident))["triage"]
    assert (told["plan"]["number"], told["plan"]["risk"]["immediate"], told["risk"]["immediate"]) == (2, "low", "high")
    assert [(one["action"], one["done_at"] is not None) for one in told["steps"]] == [("attend_vigil", True)]


async def test_what_is_screened_out_owes_no_triage_and_what_is_closed_does(world: World) -> None:
    void, closed = await world.activated_incident(), await world.activated_incident(location=near_alder(0.02))
    held = await world.activated_incident(location=near_alder(0.04))
    for incident in (void, closed, held):
        for desk in (world.supervisor, world.dispatcher):
            await desk.is_paged("exhausted", incident_id=incident)
    await world.does(void, "screen-out", reason="unfounded")
    await world.does(closed, "close")
    assert (await hold(world, held)).status_code == 201
    await world.does(held, "screen-out", reason="unfounded")
    await world.dispatch_becomes(void, "stood_down")
    await world.dispatch_becomes(held, "stood_down")
    await world.dispatch_becomes(closed, "closed")
    assert (await queue(world, "withdrawn"), await queue(world, "due")) == ([void], [closed])
    assert await queue(world, "held") == [held]
    refused = await hold(world, void)
    assert (refused.status_code, refused.json()["state"]) == (409, "withdrawn")
    await world.advance(hours=20)
    await world.supervisor.is_told("triage.due_soon", closed)


async def test_an_exercise_has_a_triage_that_calls_nobody_and_is_in_no_queue_of_real_ones(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident(exercise=True)
    await heron.does(await heron.arrives(incident), "clear")
    await world.advance(hours=30)
    assert await queue(world, "overdue") == []
    assert await queue(world, "overdue", exercise="true") == [incident]
    assert (await hold(world, incident)).status_code == 201


async def test_a_triage_is_recorded_by_who_is_concerned_and_read_by_who_took_part(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await heron.does(await heron.arrives(incident), "clear")
    foreign = await hold(world, incident, by=supervisor(world, org=RIVER_ROAD))
    assert foreign.status_code == 403
    assert (await hold(world, incident, by=world.bearer("dispatcher"))).status_code == 403
    held = await hold(world, incident, by=world.bearer("program_office"), next_steps=[step(world, heron)])
    assert held.status_code == 201
    path = f"/v1/dispatches/{incident}/triage"
    seen = [
        (await world.alerts.get(path, headers=world.bearer("interrupter", worker=who.worker))).status_code
        for who in (heron, kestrel)
    ]
    assert seen == [200, 404]
    step_path = f"/v1/dispatches/{incident}/response-plan/steps/{held.json()['steps'][0]['step_id']}/done"
    mine = await world.alerts.post(step_path, headers=world.bearer("interrupter", worker=kestrel.worker))
    assert mine.status_code == 404


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"held_at": "2031-01-01T00:00:00Z"}, "/held_at"),
        ({"held_at": "2021-01-01T00:00:00Z"}, "/held_at"),
        ({"attended_by": []}, "/attended_by"),
        ({"attended_by": [{"role": "interrupter"}]}, "/attended_by/0/worker_id"),
        ({"attended_by": [{"role": "supervisor", "worker_id": str(RIVER_ROAD)}]}, "/attended_by/0/worker_id"),
        ({"decisions": ["shrug"]}, "/decisions/0"),
        ({"risk": RISK | {"immediate": "very"}}, "/risk/immediate"),
        (
            {"next_steps": [{"owner_id": str(RIVER_ROAD), "action": "mediate", "due_on": "2021-01-01"}]},
            "/next_steps/0/owner_id",
        ),
        ({"note": "they said"}, "/note"),
    ],
)
async def test_a_triage_that_cannot_be_kept_names_the_field_and_leaves_nothing(
    world: World, facts: dict[str, object], pointer: str
) -> None:
    incident = await world.activated_incident()
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("exhausted", incident_id=incident)
    refused = await hold(world, incident, **facts)
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]
    assert (await triage(world, incident))["state"] == "due"


def near_alder(km: float) -> dict[str, float]:
    return {"lat": 38.90 + km, "lon": -77.00}


async def test_a_step_whose_day_is_over_is_told_once_to_its_owners_supervisors_and_counted(world: World) -> None:
    heron = await world.on_duty("heron")
    incident = await world.activated_incident()
    await heron.does(await heron.arrives(incident), "clear")
    today = step(world, heron, due_on=now(world).astimezone(ZONE).date().isoformat())
    await hold(world, incident, next_steps=[today, step(world, heron, days=9)])
    assert await steps(world) == (2, 0)
    await world.advance(days=4)
    await world.supervisor.is_told("plan_step.overdue", incident)
    await world.advance(days=1)
    assert await steps(world) == (2, 1)


async def steps(world: World) -> tuple[int, int]:
    """Those of the one plan that are not done, and of these whose day is over."""
    answer = await world.alerts.get("/v1/triages", params={"state": "held"}, headers=supervisor(world))
    [line] = answer.json()["items"]
    return line["open_steps"], line["overdue_steps"]
