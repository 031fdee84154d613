"""Whoever must not be at an incident any more: withdrawn, or told of, by rows alone, without a sender beside it."""

from typing import Any

from services.alerts.usecases.dispatching.part_from_unfit import clear_settled_doubt, tell_of_unfit, withdraw_from_unfit
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.world import OAK_STREET, RIVER_ROAD

SUPERVISOR: dict[str, Any] = {"org": OAK_STREET}


async def alarms(alone: AlertsAlone) -> list[str]:
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT state FROM alarms WHERE alarm = 'assignment_in_doubt' ORDER BY subject")
    return [row["state"] for row in rows]


async def paged(alone: AlertsAlone) -> list[str]:
    """Whom the open pages about a doubt went to, beside the alarm that the desk has of it."""
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows(
            "SELECT e.owner_kind, e.owner_id FROM pages p JOIN deliveries d ON d.page_id = p.id "
            "JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE p.kind = 'assignment_in_doubt' AND p.state = 'open'"
        )
    assert {row["owner_id"] for row in rows} <= {OAK_STREET}
    return [row["owner_kind"] for row in rows]


async def has_it(alone: AlertsAlone, who: Interrupter, incident: str) -> None:
    [offer] = (await alone.world.dispatch(incident))["offers"]
    own = alone.world.bearer("interrupter", worker=who.worker)
    assert (await alone.world.alerts.post(f"/v1/offers/{offer['offer_id']}/accept", headers=own)).status_code == 200


async def conflicts_end(alone: AlertsAlone, who: Interrupter) -> None:
    supervisor = alone.world.bearer("supervisor", **SUPERVISOR)
    path = f"/v1/interrupters/{who.worker}/conflicts-of-interest"
    for one in (await alone.world.alerts.get(path, headers=supervisor)).json()["items"]:
        assert (await alone.world.alerts.post(f"{path}/{one['id']}/end", headers=supervisor)).status_code == 200


async def test_a_doubt_is_told_once_and_over_with_what_spoke_against_it_or_with_the_assignment(
    alone: AlertsAlone,
) -> None:
    db = alone.world.alerts_db
    await alone.world.desk("supervisor", RIVER_ROAD, name="elsewhere")
    heron, kestrel = await alone.world.on_duty("heron", km=0.4), await alone.world.on_duty("kestrel", km=1.1)
    incident = await alone.incident()
    await has_it(alone, heron, incident)
    assert not await db.retrying(tell_of_unfit)
    for _ in range(2):
        await heron.keeps_out_of(incident, organization=OAK_STREET)
        assert [await db.retrying(tell_of_unfit) for _ in range(2)] == [True, False]
        assert not await db.retrying(clear_settled_doubt)
        assert (await alarms(alone), await paged(alone)) == (["raised"], ["supervisor"])
        await conflicts_end(alone, heron)
        assert [await db.retrying(clear_settled_doubt) for _ in range(2)] == [True, False]
        assert (await alarms(alone), await paged(alone)) == (["cleared"], [])
    await heron.keeps_out_of(incident, organization=OAK_STREET)
    assert await db.retrying(tell_of_unfit)
    assert (await alone.world.reassigns(incident, kestrel)).status_code == 201
    assert await db.retrying(clear_settled_doubt)
    assert await alarms(alone) == ["cleared"]


async def test_a_question_to_somebody_who_became_unfit_is_withdrawn_and_the_next_is_asked(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron", km=0.4), await alone.world.on_duty("kestrel", km=1.1)
    incident = await alone.incident()
    assert not await alone.world.alerts_db.retrying(withdraw_from_unfit)
    path, supervisor = f"/v1/interrupters/{heron.worker}/safety-holds", alone.world.bearer("supervisor", **SUPERVISOR)
    assert (await alone.world.alerts.post(path, json={"reason": "injured"}, headers=supervisor)).status_code == 201
    assert [await alone.world.alerts_db.retrying(withdraw_from_unfit) for _ in range(2)] == [True, False]
    offers = (await alone.world.dispatch(incident))["offers"]
    assert [(offer["interrupter_id"], offer["state"]) for offer in offers] == [
        (str(heron.worker), "withdrawn"),
        (str(kestrel.worker), "open"),
    ]
