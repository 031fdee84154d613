"""What the log may do to us: repeat itself, lose its order, carry rubbish."""

import pytest

from shared.contracts.events.incidents import (
    IncidentActivated,
    IncidentCorroborated,
    IncidentReclassified,
    IncidentScreenedOut,
    IncidentSnapshot,
)
from shared.kernel.vocabulary import IncidentKind, IncidentState, SourceKind
from tests.support.people import Offer
from tests.support.waiting import eventually
from tests.support.world import World

pytestmark = pytest.mark.own_deployment  # it reads what is on the topics


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
    await world.supervisor.is_paged("exhausted", incident_id=marker)
    await world.dispatcher.is_paged("exhausted", incident_id=marker)
    assert await world.dispatch(incident) == dispatch


async def test_events_out_of_order_end_in_the_newest_state(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    answer = await world.report()
    incident = answer.json()["incident_id"]
    offer = await heron.is_offered(incident)
    newest = await _last_snapshot(world, incident)
    screened = newest.model_copy(update={"version": newest.version + 2, "state": IncidentState.SCREENED_OUT})
    stale = newest.model_copy(update={"version": newest.version + 1})
    await world.deployment.publish(IncidentScreenedOut(at=newest.opened_at, incident=screened, was_state="activated"))
    await world.dispatch_becomes(incident, "stood_down")
    await heron.is_told("offer.withdrawn", incident)
    dispatch = await world.dispatch(incident)
    await world.deployment.publish(_corroborated(stale), _marker(screened))
    await _marker_is_seen(world, offer)
    assert await world.dispatch(incident) == dispatch


async def test_a_stale_screening_out_stands_nobody_down(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    first = await _last_snapshot(world, incident)
    newest = first.model_copy(update={"version": first.version + 2})
    stale = first.model_copy(update={"version": first.version + 1, "state": IncidentState.SCREENED_OUT})
    await world.deployment.publish(
        _corroborated(newest),
        IncidentScreenedOut(at=first.opened_at, incident=stale, was_state="activated"),
        _marker(newest),
    )
    await _marker_is_seen(world, offer)
    await heron.accepts(offer)
    await world.dispatch_becomes(incident, "staffed")


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


def _corroborated(snapshot: IncidentSnapshot) -> IncidentCorroborated:
    return IncidentCorroborated(
        at=snapshot.opened_at, incident=snapshot, report_id=snapshot.incident_id, source=SourceKind.RESIDENT
    )


def _marker(after: IncidentSnapshot) -> IncidentReclassified:
    """The next version, which shows: of the same incident and so in the same partition, behind all before it."""
    homicide = after.model_copy(update={"version": after.version + 1, "kind": IncidentKind.HOMICIDE})
    return IncidentReclassified(at=after.opened_at, incident=homicide, was_kind=after.kind)


async def _marker_is_seen(world: World, offer: Offer) -> None:
    async def seen() -> bool:
        shown = await world.alerts.get(f"/v1/offers/{offer.offer_id}", headers=world.bearer("dispatcher"))
        return bool(shown.json()["kind"] == "homicide")

    await eventually(seen)


async def _last_snapshot(world: World, incident: str) -> IncidentSnapshot:
    found = [
        IncidentSnapshot.model_validate(body["incident"])
        for _, body in await world.deployment.events("intake.incidents")
        if body["incident"]["incident_id"] == incident
    ]
    return max(found, key=lambda snapshot: snapshot.version)
