"""What is kept of a decision tells nobody's place, and proves the decision all the same."""

import json

from services.alerts.usecases.workforce.forget_old_positions import forget_old_positions
from tests.integration.alerts.conftest import AlertsAlone


async def test_no_exact_distance_outlives_its_day_and_the_decision_still_follows(alone: AlertsAlone) -> None:
    world = alone.world
    people = {name: await world.on_duty(name, km=km) for name, km in (("heron", 1.2), ("kestrel", 1.3), ("teal", 3.9))}
    incident = await alone.incident()
    own = world.bearer("interrupter", worker=people["heron"].worker)
    [offer] = (await world.dispatch(incident))["offers"]
    path = f"/v1/offers/{offer['offer_id']}"
    assert (await world.alerts.post(f"{path}/accept", headers=own)).status_code == 200
    assert 1190 < (await world.alerts.get(path, headers=own)).json()["distance_m"] < 1210
    async with world.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT inputs FROM decision_inputs")
    kept = {where for row in rows for where in json.loads(row["inputs"])["people"]["home_m"]["list"]}
    assert kept == {501, 502, 3500}
    replayed = (await world.alerts.get(f"/v1/dispatches/{incident}/replay", headers=world.bearer("auditor"))).json()
    assert {one["follows"] for one in replayed["decisions"]} == {True}
    await world.deployment.advance(hours=23)
    assert not await world.alerts_db.retrying(forget_old_positions)
    await world.deployment.advance(hours=1)
    assert [await world.alerts_db.retrying(forget_old_positions) for _ in "12"] == [True, False]
    assert (await world.alerts.get(path, headers=own)).json()["distance_m"] == 1000
