"""The sender on a real database: what a crash, a gone endpoint or a shared endpoint does to messages."""

import asyncio
from typing import Any

import pytest

from services.alerts.delivery.claim import PER_ENDPOINT, Claimed, claim
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.waiting import eventually

_LEASE_RUNS_OUT = (
    "UPDATE deliveries SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'attempting'"
)


async def claimed(alone: AlertsAlone) -> list[Claimed]:
    return await alone.world.alerts_db.retrying(lambda tx: claim(tx, most=10))


async def deliveries(alone: AlertsAlone) -> list[dict[str, Any]]:
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT id, kind, state, attempts, last_outcome FROM deliveries ORDER BY created_at")
    return [dict(row) for row in rows]


async def test_a_sender_that_died_after_claiming_loses_nothing_and_the_id_stays(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    incident = await alone.incident()
    (taken,) = await claimed(alone)
    assert await claimed(alone) == []
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(_LEASE_RUNS_OUT)
    await alone.world.deployment.start("alerts", "engine")
    await heron.is_offered(incident)
    assert heron.phone.messages[0]["webhook-id"] == str(taken.id)
    (delivery,) = await eventually(lambda: _settled(alone))
    assert (delivery["id"], delivery["state"], delivery["attempts"]) == (taken.id, "delivered", 2)


async def test_two_senders_never_take_the_same_message(alone: AlertsAlone) -> None:
    for number in range(8):
        await alone.world.on_duty(f"bird-{number}", km=1 + number)
    for _ in range(8):
        await alone.incident()
    taken = await asyncio.gather(*(claimed(alone) for _ in range(4)))
    ids = [message.id for batch in taken for message in batch]
    assert len(ids) == len(set(ids)) == 8


async def test_an_endpoint_that_is_gone_is_disabled_seen_and_the_next_is_asked(alone: AlertsAlone) -> None:
    gone = await alone.world.on_duty("gone", km=0.2, phone="410")
    kestrel = await alone.world.on_duty("kestrel", km=1)
    incident = await alone.incident()
    await alone.world.deployment.start("alerts", "engine")
    await kestrel.is_offered(incident)
    dispatch = await alone.world.dispatch(incident)
    states = {offer["interrupter_id"]: offer["state"] for offer in dispatch["offers"]}
    assert states[str(gone.worker)] == "undeliverable"
    async with alone.world.alerts_db.transaction() as tx:
        alarms = await tx.rows("SELECT alarm FROM alarms WHERE state = 'raised'")
        enabled = await tx.rows("SELECT 1 FROM webhook_endpoints WHERE enabled AND owner_id = :id", id=gone.worker)
    assert [row["alarm"] for row in alarms] == ["endpoint_gone"]
    assert not enabled


async def test_retries_go_on_beside_the_next_offer_until_the_message_is_dead(alone: AlertsAlone) -> None:
    dead = await alone.world.on_duty("dead-phone", km=0.2, phone="refused")
    kestrel = await alone.world.on_duty("kestrel", km=1)
    incident = await alone.incident()
    await alone.world.deployment.start("alerts", "engine")
    await kestrel.is_offered(incident, within_s=3)

    async def undeliverable() -> bool:
        offers = (await alone.world.dispatch(incident))["offers"]
        return {offer["interrupter_id"]: offer["state"] for offer in offers}[str(dead.worker)] == "undeliverable"

    await eventually(undeliverable, within_s=20)
    first = (await deliveries(alone))[0]
    assert (first["state"], first["attempts"]) == ("dead", 5)


async def test_whoever_is_sent_by_hand_and_cannot_be_told_is_an_alarm(alone: AlertsAlone) -> None:
    dead = await alone.world.on_duty("dead-phone", phone="refused", duty=False)
    incident = await alone.incident()
    sent = await alone.world.reassigns(incident, dead, despite=["off_duty"])
    assert sent.status_code == 201, sent.text
    await alone.world.deployment.start("alerts", "engine")

    async def alarms() -> list[tuple[str, str]]:
        async with alone.world.alerts_db.transaction() as tx:
            rows = await tx.rows("SELECT alarm, subject FROM alarms WHERE alarm = 'assignment_undeliverable'")
            return [(row["alarm"], row["subject"]) for row in rows]

    assert await eventually(alarms, within_s=20) == [("assignment_undeliverable", sent.json()["offer_id"])]


@pytest.mark.parametrize(("failing", "attempts"), [("503", 2), ("hang", 1)])
async def test_who_was_relieved_meanwhile_is_not_sent_by_a_late_retry(
    alone: AlertsAlone, failing: str, attempts: int
) -> None:
    """Neither by one that waits its turn, nor by one that follows an attempt under way."""
    away, kestrel = await alone.world.on_duty("away", phone=failing), await alone.world.on_duty("kestrel")
    incident = await alone.incident()
    assert (await alone.world.reassigns(incident, away)).status_code == 201
    await alone.world.deployment.start("alerts", "engine")
    await eventually(lambda: _attempts(away.phone, attempts))
    assert (await alone.world.reassigns(incident, kestrel)).status_code == 201
    away.phone.behaviour = "ok"
    await away.is_told("assignment.reassigned", incident)
    await eventually(lambda: _states(alone, "assignment.made", ["cancelled", "delivered"]), within_s=20)
    async with alone.world.alerts_db.transaction() as tx:
        assert await tx.rows("SELECT alarm FROM alarms") == []
    assert [message["type"] for message in away.phone.messages] == ["truce.assignment.reassigned"]


async def test_a_page_acknowledged_during_an_attempt_is_not_tried_again(alone: AlertsAlone) -> None:
    alone.world.dispatcher.phone.behaviour = "hang"
    incident = await alone.incident()
    await alone.world.deployment.start("alerts", "engine")
    await eventually(lambda: _attempts(alone.world.dispatcher.phone, 1))
    await alone.world.dispatcher.acknowledges(await alone.world.supervisor.is_paged("exhausted", incident_id=incident))
    alone.world.dispatcher.phone.behaviour = "ok"
    await eventually(lambda: _states(alone, "page.exhausted", ["cancelled", "delivered"]), within_s=20)


async def test_who_loses_the_last_endpoint_while_being_asked_blocks_nobody(alone: AlertsAlone) -> None:
    """As if a notice of another dispatch had met a 410 between the choice and the message."""
    heron, kestrel = await alone.world.on_duty("heron", km=0.4), await alone.world.on_duty("kestrel", km=1.1)
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE webhook_endpoints"
            " SET enabled = false, disabled_reason = ''gone'' WHERE owner_id = NEW.interrupter_id; RETURN NULL; END'"
        )
        await tx.run(
            "CREATE TRIGGER loses AFTER INSERT ON offers FOR EACH ROW"
            f" WHEN (NEW.interrupter_id = '{heron.worker}') EXECUTE FUNCTION lose()"
        )
    offers = (await alone.world.dispatch(await alone.incident()))["offers"]
    assert [(one["interrupter_id"], one["state"]) for one in offers] == [
        (str(heron.worker), "undeliverable"),
        (str(kestrel.worker), "open"),
    ]


async def test_at_most_two_attempts_are_under_way_for_one_endpoint(alone: AlertsAlone) -> None:
    hanging = await alone.world.on_duty("hanging", phone="hang")
    await notices(alone, hanging, 6)
    await alone.world.deployment.start("alerts", "engine")
    await eventually(lambda: _attempts(hanging.phone, PER_ENDPOINT))
    await alone.world.quiet_engine()
    assert hanging.phone.attempts == PER_ENDPOINT


async def test_notices_under_way_never_stand_before_a_page(alone: AlertsAlone) -> None:
    heron, kestrel = await alone.world.on_duty("heron", km=0.4), await alone.world.on_duty("kestrel", km=1)
    await notices(alone, heron, 6)
    await notices(alone, kestrel, 1)
    under_way = await claimed(alone)
    assert sorted(message.kind for message in under_way) == ["notice"] * (PER_ENDPOINT + 1)
    await alone.incident()
    assert [message.kind for message in await claimed(alone)] == ["offer.made"]


async def notices(alone: AlertsAlone, to: Interrupter, count: int) -> None:
    async with alone.world.alerts_db.transaction() as tx:
        endpoint = await tx.row("SELECT id FROM webhook_endpoints WHERE owner_id = :id", id=to.worker)
        for _ in range(count):
            await tx.run(
                "INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, next_attempt_at) "
                "VALUES (gen_random_uuid(), 'durable', 'notice', :endpoint, '{}', 'pending', 0, clock_timestamp())",
                endpoint=endpoint["id"],
            )


async def _attempts(phone: Any, count: int) -> bool:
    return bool(phone.attempts >= count)


async def _settled(alone: AlertsAlone) -> list[dict[str, Any]]:
    return [row for row in await deliveries(alone) if row["state"] == "delivered"]


async def _states(alone: AlertsAlone, kind: str, states: list[str]) -> bool:
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT state FROM deliveries WHERE kind = :kind", kind=kind)
    return sorted(row["state"] for row in rows) == states
