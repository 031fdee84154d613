"""A phone is changed, another answers no more, and nothing is lost: what died is found and sent again."""

from datetime import UTC, datetime
from typing import Any

from tests.support.people import Interrupter
from tests.support.world import World

# The overlap of two keys is measured in real time, which no story can move.
OVERLAP_IS_OVER = "UPDATE webhook_endpoints SET previous_secret_until = clock_timestamp() WHERE id = CAST(:id AS uuid)"


async def asks(world: World, who: Interrupter, action: str, **body: Any) -> dict[str, Any]:
    """The programme office, about somebody's phone."""
    path = f"/v1/webhook-endpoints/{who.phone.endpoint_id}/{action}"
    headers = world.bearer("program_office") | {"If-Match": "*"}
    answer = await world.alerts.post(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def log_of(world: World, who: Interrupter, **query: str) -> list[dict[str, Any]]:
    """The messages to somebody's phone, the newest first."""
    sought = {"endpoint_id": who.phone.endpoint_id} | query
    answer = await world.alerts.get("/v1/deliveries", params=sought, headers=world.bearer("dispatcher"))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_phone_is_changed_another_fails_and_nothing_is_lost(world: World) -> None:
    began, desk = datetime.now(UTC).isoformat(), world.bearer("dispatcher")
    await world.asks(parallel_offers=3)
    heron, kestrel, teal = [await world.on_duty(name) for name in ("heron", "kestrel", "teal")]
    new_key = (await asks(world, heron, "rotate-secret"))["secret"]
    incident = await world.activated_incident()
    for asked in (heron, kestrel):  # heron's phone has the old key yet
        await asked.is_offered(incident)
    heron.phone.secret = new_key
    async with world.alerts_db.transaction() as tx:
        await tx.run(OVERLAP_IS_OVER, id=heron.phone.endpoint_id)

    heron.phone.behaviour = kestrel.phone.behaviour = "410"
    await teal.accepts(await teal.is_offered(incident))
    for lost in (heron, kestrel):
        gone = f"alerts/endpoint_gone/{lost.phone.endpoint_id}"
        await world.dispatcher.acknowledges(await world.dispatcher.is_paged("alarm", subject=gone))
        lost.phone.behaviour = "ok"
        assert (await asks(world, lost, "enable"))["enabled"]

    [dead] = await log_of(world, heron, state="dead", since=began)
    path = f"/v1/deliveries/{dead['delivery_id']}"
    shown = (await world.alerts.get(path, headers=desk)).json()
    assert (shown["kind"], shown["incident_id"]) == ("offer.taken", incident)
    assert [(one["outcome"], one["status"]) for one in shown["history"]] == [("rejected_410", 410)]
    assert (await world.alerts.post(f"{path}/replay", headers=desk)).status_code == 201
    await heron.is_told("offer.taken", incident)
    assert heron.phone.signatures == [2, 1]

    replayed = await world.alerts.post("/v1/deliveries:replay", json={"since": began}, headers=desk)
    assert replayed.json() == {"replayed": 1, "skipped": {}, "more": False}
    await kestrel.is_told("offer.taken", incident)
    await world.quiet()
    for told in (heron, kestrel):
        assert [(one["kind"], one["state"]) for one in await log_of(world, told)] == [
            ("offer.taken", "delivered"),
            ("offer.taken", "replayed"),
            ("offer.made", "delivered"),
        ]
