"""What the log may do to us: repeat itself, lose its order, carry rubbish."""

from shared.contracts.events.incidents import (
    IncidentActivated,
    IncidentCorroborated,
    IncidentScreenedOut,
    IncidentSnapshot,
)
from shared.kernel.vocabulary import IncidentState
from tests.support.waiting import eventually
from tests.support.world import World


async def test_repeated_and_stale_events_change_nothing(world: World) -> None:
    heron, _kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    assert (
        await world.does(incident, "reclassify", kind="homicide", killed=1, reason="victim_died")
    ).status_code == 200
    await world.quiet()
    dispatch = await world.dispatch(incident)
    records = [body for _, body in await world.deployment.events("intake.incidents") if "by_policy" in body]
    (first,) = records
    again = IncidentActivated.model_validate(first)
    await world.deployment.publish(again, again)
    marker = await world.activated_incident(location={"lat": 38.95, "lon": -77.0})
    await world.dispatcher.is_paged("exhausted", incident_id=marker)
    assert await world.dispatch(incident) == dispatch


async def test_events_out_of_order_end_in_the_newest_state(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    answer = await world.report()
    incident = answer.json()["incident_id"]
    await heron.is_offered(incident)
    newest = await _last_snapshot(world, incident)
    screened = newest.model_copy(update={"version": newest.version + 2, "state": IncidentState.SCREENED_OUT})
    stale = newest.model_copy(update={"version": newest.version + 1})
    await world.deployment.publish(IncidentScreenedOut(at=newest.opened_at, incident=screened, was_state="activated"))
    await world.dispatch_becomes(incident, "stood_down")
    await heron.is_told("offer.withdrawn", incident)
    await world.deployment.publish(
        IncidentCorroborated(at=newest.opened_at, incident=stale, report_id=newest.incident_id, source="resident")
    )
    await world.quiet()
    assert (await world.dispatch(incident))["state"] == "stood_down"


async def test_a_poison_record_is_set_aside_seen_and_blocks_no_later_page(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    reported = await world.report(kind="armed_robbery")
    incident = reported.json()["incident_id"]
    assert reported.json()["incident"]["state"] == "reported"
    headers = {
        "ce_specversion": "1.0",
        "ce_id": incident,
        "ce_type": "truce.intake.incident.activated.v1",
        "ce_source": "/truce/intake",
        "ce_subject": incident,
        "ce_aggregateversion": "2",
    }
    await world.quiet()
    await world.deployment.send_raw("intake.incidents", incident.encode(), b'{"incident": "\xff"}', headers)
    await world.dispatcher.is_paged("alarm", subject="alerts/dead_letter/intake.incidents")
    assert (await world.does(incident, "activate")).status_code == 200
    await heron.is_offered(incident)

    async def set_aside() -> bool:
        return len(await world.deployment.raw_records("intake.incidents.alerts.dlq")) == 1

    await eventually(set_aside)


async def _last_snapshot(world: World, incident: str) -> IncidentSnapshot:
    found = [
        IncidentSnapshot.model_validate(body["incident"])
        for _, body in await world.deployment.events("intake.incidents")
        if body["incident"]["incident_id"] == incident
    ]
    return max(found, key=lambda snapshot: snapshot.version)
