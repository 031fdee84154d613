"""The areas around an incident change: it belongs elsewhere, and nobody is asked, told or paged anew for it."""

from services.alerts.usecases.dispatching.follow_incident import follow_incident
from shared.contracts.events.incidents import IncidentRelocated, IncidentSnapshot
from tests.integration.alerts.conftest import AlertsAlone


async def test_an_incident_tagged_anew_asks_and_pages_nobody(alone: AlertsAlone) -> None:
    await alone.world.on_duty("heron")
    await alone.world.on_duty("kestrel", km=2.0)
    asked, nobody_left = await alone.incident(), await alone.incident()
    told = "SELECT (SELECT count(*) FROM deliveries) AS deliveries, (SELECT sum(round) FROM pages) AS pages"
    async with alone.world.alerts_db.transaction() as tx:
        before = dict(await tx.row(told))
        offers = await tx.rows("SELECT id, state FROM offers ORDER BY id")
    for incident in (asked, nobody_left):
        async with alone.world.alerts_db.transaction() as tx:
            row = await tx.row("SELECT incident FROM dispatches WHERE incident_id = :id", id=incident)
            elm = {"area_id": "elm", "name": "Elm", "distance_m": 0.0}
            now = IncidentSnapshot.model_validate(row["incident"] | {"version": 3, "community": elm})
            event = IncidentRelocated(at=await tx.now(), incident=now, was_community="alder", by_areas=True)
            await follow_incident(tx, event)
    async with alone.world.alerts_db.transaction() as tx:
        assert dict(await tx.row(told)) == before
        assert await tx.rows("SELECT id, state FROM offers ORDER BY id") == offers
        belongs = await tx.rows("SELECT DISTINCT community FROM dispatches")
    assert [row["community"] for row in belongs] == ["elm"]
