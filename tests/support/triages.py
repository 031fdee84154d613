"""Meetings and plans as a supervisor sends them, with everything defaulted but the fact under test."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from tests.support.people import Interrupter
from tests.support.world import OAK_STREET, World

RISK = {"immediate": "high", "ongoing": "medium", "long_term": "low"}


def now(world: World) -> datetime:
    return datetime.now(UTC) + world.deployment.offset


def in_days(world: World, days: int) -> date:
    return (now(world) + timedelta(days=days)).date()


def step(
    world: World, owner: Interrupter, action: str = "visit_family", *, days: int = 2, **facts: Any
) -> dict[str, Any]:
    return {"owner_id": str(owner.worker), "action": action, "due_on": in_days(world, days).isoformat()} | facts


def meeting(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "held_at": now(world).isoformat(),
        "attended_by": [{"role": "supervisor"}],
        "decisions": ["respond"],
        "risk": RISK,
    } | facts


def supervisor(world: World, **claims: Any) -> dict[str, str]:
    return world.bearer("supervisor", **({"org": OAK_STREET, "sub": "supervisor-1"} | claims))


async def hold(world: World, incident: str, *, by: dict[str, str] | None = None, **facts: Any) -> httpx.Response:
    return await world.alerts.post(
        f"/v1/dispatches/{incident}/triage", json=meeting(world, **facts), headers=by or supervisor(world)
    )


async def plan(
    world: World, incident: str, steps: list[dict[str, Any]], *, if_match: str | None, **facts: Any
) -> httpx.Response:
    headers = supervisor(world) | ({"If-Match": if_match} if if_match else {})
    body = {"risk": RISK, "steps": steps} | facts
    return await world.alerts.put(f"/v1/dispatches/{incident}/response-plan", json=body, headers=headers)


async def triage(world: World, incident: str) -> dict[str, Any]:
    answer = await world.alerts.get(f"/v1/dispatches/{incident}/triage", headers=supervisor(world))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def queue(world: World, state: str | None = None, **query: str) -> list[str]:
    """Incidents in that state, the most urgent first; or all that hold, the newest first."""
    asked = query if state is None else {"state": state} | query
    answer = await world.alerts.get("/v1/triages", params=asked, headers=supervisor(world))
    assert answer.status_code == 200, answer.text
    return [line["incident_id"] for line in answer.json()["items"]]
