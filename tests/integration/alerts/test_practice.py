"""Practice takes nobody from a real shooting, real work ends practice, and a drill leaves no trace on anybody."""

from datetime import UTC, datetime
from typing import Any

from services.alerts.queries.dispatches import lock_dispatch
from services.alerts.usecases.dispatching.follow_incident import follow_incident
from services.alerts.usecases.responding.end_practice import end_practice
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.activations import activated
from tests.support.people import Interrupter, Offer
from tests.support.world import ALDER

_TOLD = "SELECT kind FROM deliveries WHERE incident_id = :id AND kind LIKE 'assignment.%' ORDER BY created_at"
_TRACES = "SELECT last_cleared_at, last_offered_at FROM interrupters WHERE id = :id"


async def question(alone: AlertsAlone, who: Interrupter, incident: str) -> Offer:
    """Under way."""
    offers = (await alone.world.dispatch(incident))["offers"]
    [mine] = [one for one in offers if one["interrupter_id"] == str(who.worker) and one["state"] == "open"]
    return Offer(mine["offer_id"], incident)


async def has_role(alone: AlertsAlone, who: Interrupter, incident: str) -> str:
    return await who.accepts(await question(alone, who, incident))


async def stands(alone: AlertsAlone, incident: str) -> dict[str, list[tuple[str, str]]]:
    """Questions and assignments: who, and how it is."""
    found = await alone.world.dispatch(incident)
    return {part: [(one["interrupter_id"], one["state"]) for one in found[part]] for part in ("offers", "assignments")}


async def kept(alone: AlertsAlone, statement: str, **parameters: Any) -> list[dict[str, Any]]:
    async with alone.world.alerts_db.transaction() as tx:
        return [dict(row) for row in await tx.rows(statement, **parameters)]


async def judged(alone: AlertsAlone, drill: str) -> dict[str, Any]:
    desk = alone.world.bearer("dispatcher")
    found: dict[str, Any] = (await alone.world.alerts.get(f"/v1/drills/{drill}", headers=desk)).json()
    return found


async def test_real_work_is_asked_of_whoever_practises_and_ends_the_practice(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron", km=0.4), await alone.world.on_duty("kestrel", km=1.1)
    drill, second = await alone.incident(exercise=True), await alone.incident(exercise=True)
    await heron.does(await has_role(alone, heron, drill), "on-scene")
    await question(alone, kestrel, second)
    real = await alone.incident()
    assert (await stands(alone, real))["offers"] == [(str(heron.worker), "open")]
    await has_role(alone, heron, real)
    after = await stands(alone, drill)
    assert after["assignments"] == [(str(heron.worker), "stood_down")]
    assert after["offers"] == [(str(heron.worker), "accepted")]
    assert (await alone.world.dispatch(drill))["state"] == "exhausted"
    assert [row["kind"] for row in await kept(alone, _TOLD, id=drill)] == ["assignment.stood_down"]
    other = await alone.incident()
    await has_role(alone, kestrel, other)
    assert (await stands(alone, second))["offers"] == [(str(kestrel.worker), "withdrawn")]
    assert not await alone.world.alerts_db.retrying(end_practice)


async def test_a_drill_asks_nobody_whom_a_real_incident_asks_or_has(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron", km=0.4), await alone.world.on_duty("kestrel", km=1.1)
    drill = await alone.incident(exercise=True)
    late = await question(alone, heron, drill)
    await heron.declines(late)
    await kestrel.declines(await question(alone, kestrel, drill))
    real = await alone.incident()
    await question(alone, heron, real)
    second = await alone.incident(exercise=True)
    assert (await stands(alone, second))["offers"] == [(str(kestrel.worker), "open")]
    await has_role(alone, heron, real)
    refused = await heron.taps(late, "accept")
    assert (refused.status_code, refused.json()["reasons"]) == (409, ["committed"])
    sent = await alone.world.reassigns(second, heron)
    assert (sent.status_code, sent.json()["reasons"]) == (409, ["committed"])


async def test_a_drill_sets_neither_rest_nor_the_turn_in_which_somebody_is_asked(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", km=0.4)
    drill = await alone.incident(exercise=True)
    await heron.does(await has_role(alone, heron, drill), "on-scene")
    [told] = (await alone.world.dispatch(drill))["assignments"]
    await heron.does(told["assignment_id"], "clear")
    assert await kept(alone, _TRACES, id=heron.worker) == [{"last_cleared_at": None, "last_offered_at": None}]
    real = await alone.incident()
    assignment = await has_role(alone, heron, real)
    await heron.does(assignment, "on-scene")
    await heron.does(assignment, "clear")
    [traces] = await kept(alone, _TRACES, id=heron.worker)
    assert None not in traces.values()


async def test_a_drill_for_which_nobody_is_there_has_not_passed_while_it_runs_and_fails_with_its_first_target(
    alone: AlertsAlone,
) -> None:
    drill = await alone.incident(exercise=True)
    first = await judged(alone, drill)
    assert (first["state"], first["asked"], first["passed"]) == ("exhausted", 0, None)
    assert {one["name"] for one in first["milestones"]} >= {"first_attempt", "on_scene", "triage"}
    await alone.world.deployment.advance(minutes=1)
    late = await judged(alone, drill)
    assert [one["name"] for one in late["milestones"] if one["missed"]] == ["first_attempt"]
    assert late["passed"] is False


async def test_what_a_drill_holds_at_this_moment_is_not_waited_for(alone: AlertsAlone) -> None:
    heron, now = await alone.world.on_duty("heron", km=0.4), datetime.now(UTC)
    db, asking = alone.world.alerts_db, activated(now, community="alder", lat=ALDER[0], lon=ALDER[1], exercise=True)
    async with db.transaction() as holding:
        await follow_incident(holding, asking)
        real = await alone.incident()
        offer = await question(alone, heron, real)
    await heron.accepts(await question(alone, heron, asking.root))
    async with db.transaction() as holding:
        await lock_dispatch(holding, asking.incident.incident_id)
        await heron.accepts(offer)
        assert not await db.retrying(end_practice)
    assert (await stands(alone, asking.root))["assignments"] == [(str(heron.worker), "accepted")]
    assert [await db.retrying(end_practice) for _ in range(2)] == [True, False]
    assert (await stands(alone, asking.root))["assignments"] == [(str(heron.worker), "stood_down")]


async def test_whoever_the_desk_sends_in_a_drill_is_not_counted_as_an_answer(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", km=0.4)
    drill = await alone.incident(exercise=True)
    await question(alone, heron, drill)
    before = await judged(alone, drill)
    assert (before["asked"], before["answers"], before["sent_by_hand"]) == (1, {"open": 1}, 0)
    assert (await alone.world.reassigns(drill, heron)).status_code == 201
    after = await judged(alone, drill)
    assert (after["asked"], after["answers"], after["sent_by_hand"]) == (1, {}, 1)
