"""kill -9 of a real engine process between claim, send and record: the same `webhook-id` again, and nothing missing."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from deploy.local.ports import free_ports
from deploy.local.processes import Process
from deploy.local.stack import LocalStack
from shared.kernel.ids import random_id
from tests.chaos.points import ARMED, PROCESS
from tests.integration.alerts.conftest import AlertsAlone, alerts_alone
from tests.support.births import BIRTHS
from tests.support.deployment import SECRETS_KEY, Deployment
from tests.support.waiting import eventually

SENT = "the phone has it, its answer is not read yet"
# What the phone got of the first attempt, at each point.
POINTS = {"webhook.claimed_not_sent": 0, SENT: 1, "webhook.sent_not_recorded": 1}


class Victim:
    """The engine as a process of its own, armed for a point of its code."""

    def __init__(self, process: Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, alone: AlertsAlone, folder: Path, point: str) -> "Victim":
        order = {"point": point, "action": "kill", "nth": 1, "linger_s": 0, "until": time.time() + 60}
        (folder / "alerts-engine.json").write_text(json.dumps(order))
        words = ("tests.chaos.points", "services.alerts", "engine")
        return cls(await BIRTHS.born(folder / "engine.log", *words, environment=_environment(alone, folder)))

    async def killed(self) -> None:
        assert await asyncio.wait_for(self.process.wait(), 30) == -signal.SIGKILL

    async def gone(self) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()


def _environment(alone: AlertsAlone, folder: Path) -> dict[str, str]:
    settings = alone.world.deployment.settings("alerts")
    (port,) = free_ports(1)
    told = {
        "POSTGRES_DSN": settings.postgres_dsn.get_secret_value(),
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "ENVIRONMENT": "test",
        "METRICS_PORT": str(port),
        "SECRETS_KEY": SECRETS_KEY,
        "PUBLIC_URL": "http://127.0.0.1:8102",
        "WEBHOOK_ALLOWED_NETWORKS": '["127.0.0.0/8"]',
    }
    own = {ARMED: str(folder), PROCESS: "alerts-engine"}
    return dict(os.environ) | own | {f"TRUCE_ALERTS_{name}": value for name, value in told.items()}


async def test_a_sender_killed_between_claim_send_and_record_loses_nothing_and_the_id_stays(
    stack: LocalStack, tmp_path: Path
) -> None:
    places = {point: tmp_path / str(number) for number, point in enumerate(POINTS)}
    for place in places.values():
        place.mkdir()
    found = await asyncio.gather(*(_killed_at(point, stack, place) for point, place in places.items()))
    assert dict(zip(POINTS, found, strict=True)) == POINTS


async def _killed_at(point: str, stack: LocalStack, folder: Path) -> int:
    """How many times the phone had the message when the engine died. What comes after is the same at each point."""
    deployment = Deployment(stack, f"t{random_id().hex[:10]}")
    try:
        async with alerts_alone(deployment) as alone:
            heron = await alone.world.on_duty("heron")
            heron.phone.behaviour = "hang" if point == SENT else "ok"
            incident = await alone.incident()
            victim = await Victim.start(alone, folder, point)
            try:
                had = await _dies(alone, victim, point, heron.phone)
            finally:
                await victim.gone()
            await _goes_on(alone, heron, incident, had)
            return had
    finally:
        await deployment.close()


async def _dies(alone: AlertsAlone, victim: Victim, point: str, phone: Any) -> int:
    if point == SENT:
        await eventually(lambda: _rang(phone, 1), within_s=30)
        victim.process.send_signal(signal.SIGKILL)
    await victim.killed()
    (delivery,) = await _deliveries(alone)
    assert (delivery["state"], delivery["attempts"]) == ("attempting", 1)
    phone.behaviour = "ok"
    return int(phone.attempts)


async def _goes_on(alone: AlertsAlone, heron: Any, incident: str, had: int) -> None:
    """Another engine, once the lease has run out."""
    await alone.world.deployment.start("alerts", "engine")
    await eventually(lambda: _rang(heron.phone, had + 1), within_s=20)
    await heron.is_offered(incident)
    assert heron.phone.messages == heron.phone.expected, "one message, however often it came"

    async def settled() -> bool:
        (row,) = await _deliveries(alone)
        return (row["state"], row["attempts"], str(row["id"])) == (
            "delivered",
            2,
            heron.phone.messages[0]["webhook-id"],
        )

    await eventually(settled)
    (offer,) = (await alone.world.dispatch(incident))["offers"]
    assert offer["delivered_at"] is not None


async def _rang(phone: Any, times: int) -> bool:
    return bool(phone.attempts >= times)


async def _deliveries(alone: AlertsAlone) -> list[dict[str, Any]]:
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows("SELECT id, state, attempts FROM deliveries WHERE kind = 'offer.made'")
    return [dict(row) for row in rows]
