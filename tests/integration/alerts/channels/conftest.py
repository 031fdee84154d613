"""Somebody who was asked and has the page behind the message, and a look at all that a press could change."""

from typing import Any

from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.response_pages import ResponsePage, page_of
from tests.support.text_receivers import TextReceiver
from tests.support.waiting import eventually


async def asked(alone: AlertsAlone, name: str = "heron", **facts: Any) -> tuple[Interrupter, str, ResponsePage]:
    """Somebody who was asked about an incident, and the page behind the message that this person got."""
    who = await alone.world.on_duty(name, **facts)
    incident = await alone.incident()
    await alone.world.deployment.start("alerts", "engine")
    await who.is_offered(incident)
    return who, incident, page_of(alone.world.alerts, who.phone.messages[0])


async def everything(alone: AlertsAlone) -> dict[str, Any]:
    """Every row that a look could change, once the engine has settled what it sent."""
    await eventually(lambda: settled(alone))
    tables = ("offers", "assignments", "deliveries", "pages", "dispatches", "outbox", "interrupters", "alarms")
    async with alone.world.alerts_db.transaction() as tx:
        found = {name: await tx.rows(f"SELECT to_jsonb(t) AS row FROM {name} t ORDER BY 1") for name in tables}
    return {name: [dict(row) for row in rows] for name, rows in found.items()}


async def settled(alone: AlertsAlone) -> bool:
    async with alone.world.alerts_db.transaction() as tx:
        return not await tx.rows("SELECT 1 FROM deliveries WHERE state IN ('pending', 'attempting')")


async def state_of(alone: AlertsAlone, incident: str) -> list[str]:
    return [offer["state"] for offer in (await alone.world.dispatch(incident))["offers"]]


async def execute(alone: AlertsAlone, statement: str) -> None:
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(statement)


async def reached_by_text(
    alone: AlertsAlone, owner: dict[str, str], receiver: TextReceiver, *, kind: str = "sms", **facts: Any
) -> str:
    """A text endpoint for an owner; its id."""
    scheme, rest = ("mailto", "?to=heron@dc.gov&from=truce@dc.gov") if kind == "email" else ("json", "/12025550123")
    body = {"owner": owner, "kind": kind, "address": f"{scheme}://127.0.0.1:{receiver.port}{rest}"} | facts
    answer = await alone.world.alerts.post("/v1/text-endpoints", json=body, headers=alone.world.bearer("admin"))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def person(who: Interrupter) -> dict[str, str]:
    return {"kind": "interrupter", "id": str(who.worker)}


async def delivery_states(alone: AlertsAlone, **where: str) -> dict[str, str]:
    """Of deliveries by the kind of the endpoint they went to."""
    async with alone.world.alerts_db.transaction() as tx:
        rows = await tx.rows(
            "SELECT e.kind, d.state FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id "
            "WHERE d.kind = :kind AND e.owner_kind = 'interrupter' AND e.owner_id = CAST(:who AS uuid)",
            kind=where["kind"],
            who=where["who"],
        )
    return {row["kind"]: row["state"] for row in rows}
