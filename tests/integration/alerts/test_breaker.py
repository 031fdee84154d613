"""A phone that fails again and again: still called, waited for by nobody, and told to those who can act."""

from typing import Any

import pytest

from services.alerts.domain.breaker import OPENS_AFTER
from services.alerts.usecases.dispatching.staff_roles import MOST_BESIDE
from services.alerts.usecases.endpoints.note_endpoint_health import note_endpoint_health
from services.alerts.usecases.endpoints.watch_phones import watch_phones
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.waiting import eventually


async def fails(alone: AlertsAlone, who: Interrupter, times: int = OPENS_AFTER) -> None:
    """As many attempts as it takes, as the sender notes them."""
    for _ in range(times):
        await alone.world.alerts_db.retrying(
            lambda tx: note_endpoint_health(tx, who.phone.endpoint_id, delivered=False)  # type: ignore[arg-type] # as text
        )


async def shown(alone: AlertsAlone, who: Interrupter) -> dict[str, Any]:
    path = f"/v1/webhook-endpoints/{who.phone.endpoint_id}"
    found: dict[str, Any] = (await alone.world.alerts.get(path, headers=alone.world.bearer("dispatcher"))).json()
    return found


async def alarms(alone: AlertsAlone) -> list[tuple[str, str]]:
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT alarm, state FROM alarms WHERE alarm = 'endpoint_failing'")
    return [(row["alarm"], row["state"]) for row in rows]


@pytest.mark.parametrize("phone", ["503", "refused"])
async def test_a_phone_that_missed_a_whole_question_is_told_to_supervisor_and_desk(
    alone: AlertsAlone, phone: str
) -> None:
    heron = await alone.world.on_duty("heron", km=0.2, phone=phone)
    await alone.incident()
    await alone.world.deployment.start("alerts", "engine")

    async def opened() -> bool:
        return bool((await shown(alone, heron))["breaker"] == "open")

    await eventually(opened, within_s=30)
    assert await alarms(alone) == [("endpoint_failing", "raised")]
    told = await alone.world.phones.message(
        alone.world.supervisor.phone, kind="truce.endpoint.failing", endpoint_id=heron.phone.endpoint_id
    )
    assert told["data"]["interrupter_id"] == str(heron.worker)


async def unreachable(alone: AlertsAlone) -> list[tuple[str, str]]:
    """What the engine tells after a minute of what it sees now, and of phones that fail."""
    await alone.world.alerts_db.retrying(watch_phones)
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE unreached_people SET since = since - interval '1 minute'")
    await alone.world.alerts_db.retrying(watch_phones)
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT alarm, state FROM alarms WHERE state <> 'cleared' ORDER BY alarm")
    return [(row["alarm"], row["state"]) for row in rows]


async def test_one_broken_phone_is_one_alarm_whichever_was_first(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron"), await alone.world.on_duty("kestrel")
    await fails(alone, heron)
    assert await unreachable(alone) == [("endpoint_failing", "raised")]
    answer = await alone.world.alerts.post(
        f"/v1/webhook-endpoints/{heron.phone.endpoint_id}/disable",
        headers=alone.world.bearer("admin") | {"If-Match": "*"},
    )
    assert answer.status_code == 200, answer.text
    assert await unreachable(alone) == [("unreachable_on_duty", "raised")]
    await heron.goes(on_duty=False)
    assert await unreachable(alone) == []
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(
            "INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, settled_at) VALUES "
            "(gen_random_uuid(), 'urgent', 'test_page', CAST(:to AS uuid), '', 'dead', 1, clock_timestamp())",
            to=kestrel.phone.endpoint_id,
        )
    assert await unreachable(alone) == [("unreachable_on_duty", "raised")]
    await fails(alone, kestrel)
    assert await unreachable(alone) == [("unreachable_on_duty", "raised")]
    async with alone.world.alerts_db.transaction() as tx:
        told = await tx.rows("SELECT 1 FROM deliveries WHERE kind = 'endpoint.failing'")
    assert len(told) == 2


async def test_beside_a_failing_phone_the_next_is_asked_at_once_and_the_failing_one_too(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron", km=0.2), await alone.world.on_duty("kestrel", km=1)
    await fails(alone, heron)
    incident = await alone.incident()
    offers = (await alone.world.dispatch(incident))["offers"]
    assert [one["interrupter_id"] for one in offers] == [str(heron.worker), str(kestrel.worker)]
    assert {one["state"] for one in offers} == {"open"}
    await alone.world.deployment.start("alerts", "engine")
    await heron.accepts(await heron.is_offered(incident))
    await kestrel.is_told("offer.taken", incident)


async def test_the_last_one_left_is_called_although_the_phone_fails_and_the_desk_is_paged_at_once(
    alone: AlertsAlone,
) -> None:
    heron = await alone.world.on_duty("heron")
    await fails(alone, heron)
    incident = await alone.incident()
    assert (await alone.world.dispatch(incident))["state"] == "exhausted"
    await alone.world.deployment.start("alerts", "engine")
    offer = await heron.is_offered(incident)
    await alone.world.supervisor.is_paged("exhausted", incident_id=incident)
    await heron.accepts(offer)
    assert (await alone.world.dispatch(incident))["state"] == "staffed"


async def test_a_probe_that_comes_through_ends_it_and_another_failure_begins_it_anew(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    await fails(alone, heron)
    await alone.world.deployment.start("alerts", "engine")
    path = f"/v1/webhook-endpoints/{heron.phone.endpoint_id}/test"
    await alone.world.alerts.post(path, headers=alone.world.bearer("dispatcher"))

    async def relied_on() -> bool:
        return bool((await shown(alone, heron))["breaker"] == "half_open")

    await eventually(relied_on)
    assert await alarms(alone) == [("endpoint_failing", "cleared")]
    await fails(alone, heron, 1)
    assert (await shown(alone, heron))["breaker"] == "open"
    assert await alarms(alone) == [("endpoint_failing", "raised")]


async def test_whoever_disables_a_failing_endpoint_has_it_in_hand(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    await fails(alone, heron)
    path = f"/v1/webhook-endpoints/{heron.phone.endpoint_id}/disable"
    answer = await alone.world.alerts.post(path, headers=alone.world.bearer("dispatcher"))
    assert (answer.json()["breaker"], answer.json()["failures"]) == ("closed", 0)
    assert await alarms(alone) == [("endpoint_failing", "cleared")]


async def test_where_every_phone_fails_not_the_whole_city_is_called_at_once(alone: AlertsAlone) -> None:
    everybody = [await alone.world.on_duty(f"bird-{number}", km=1 + number) for number in range(MOST_BESIDE + 4)]
    for one in everybody:
        await fails(alone, one)
    offers = (await alone.world.dispatch(await alone.incident()))["offers"]
    assert len(offers) == MOST_BESIDE + 1
