"""Which rankings are kept: those that led to a question, and the first that found nobody (more)."""

from typing import Any

from services.alerts.usecases.dispatching.reconsider_exhausted import reconsider_exhausted_dispatch
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter


async def kept(alone: AlertsAlone, incident: str) -> list[tuple[Any, ...]]:
    async with alone.world.alerts_db.transaction() as tx:
        found = await tx.rows("SELECT role, cause FROM rankings WHERE incident_id = :id ORDER BY id", id=incident)
    return [tuple(row.values()) for row in found]


async def looks_again(alone: AlertsAlone, times: int = 1) -> None:
    for _ in range(times):
        await alone.world.deployment.advance(seconds=11)
        assert await alone.world.alerts_db.retrying(reconsider_exhausted_dispatch)


async def declines(alone: AlertsAlone, who: Interrupter, incident: str) -> None:
    offers = (await alone.world.dispatch(incident))["offers"]
    [mine] = [one["offer_id"] for one in offers if one["interrupter_id"] == str(who.worker)]
    own = alone.world.bearer("interrupter", worker=who.worker)
    answer = await alone.world.alerts.post(f"/v1/offers/{mine}/decline", json={"reason": "unsafe"}, headers=own)
    assert answer.status_code == 200, answer.text


async def test_looking_again_for_one_role_keeps_no_ranking_of_another_whose_question_is_open(
    alone: AlertsAlone,
) -> None:
    """Two are to be asked at once for the other role, and there is one."""
    world = alone.world
    await world.asks(roles={"scene": 1, "hospital": 1}, parallel_offers=2, radius_steps_m=[2000, None])
    await world.on_duty("teal", km=0.5, roles=("hospital",))
    incident = await alone.incident()
    first = [("scene", "opened"), ("hospital", "opened")]
    assert await kept(alone, incident) == first
    await looks_again(alone, times=3)
    assert await kept(alone, incident) == first
    heron = await world.on_duty("heron", km=3.0)
    await looks_again(alone)
    assert await kept(alone, incident) == [*first, ("scene", "reconsidered")]
    await declines(alone, heron, incident)
    assert await kept(alone, incident) == [*first, ("scene", "reconsidered"), ("scene", "declined")]


async def test_that_nobody_more_was_found_beside_an_open_question_is_kept_once(alone: AlertsAlone) -> None:
    world = alone.world
    await world.asks(roles={"scene": 1, "hospital": 1}, parallel_offers=2)
    teal, _ = [await world.on_duty(name, roles=("hospital",)) for name in ("teal", "wren")]
    incident = await alone.incident()
    first = [("scene", "opened"), ("hospital", "opened")]
    await declines(alone, teal, incident)
    assert await kept(alone, incident) == [*first, ("hospital", "declined")]
    await looks_again(alone, times=2)
    assert await kept(alone, incident) == [*first, ("hospital", "declined")]


async def test_everybody_considered_is_kept_also_where_several_have_one_reason(alone: AlertsAlone) -> None:
    world, off = alone.world, ("rook", "teal", "wren")
    await world.on_duty("heron")
    for name in off:
        await world.on_duty(name, duty=False)
    incident = await alone.incident()
    [decision] = (await world.explain(incident))["decisions"]
    assert [one["call_sign"] for one in decision["ranked"]] == ["heron"]
    assert {one["call_sign"]: one["reason"] for one in decision["left_out"]} == dict.fromkeys(off, "off_duty")
    assert len(decision["left_out"]) == len(off)
    replay = await world.alerts.get(f"/v1/dispatches/{incident}/replay", headers=world.bearer("auditor"))
    assert [(one["people"], one["follows"]) for one in replay.json()["decisions"]] == [(1 + len(off), True)]
