"""What the board says of one dispatch."""

from typing import Any

from tests.support.world import World


async def line(world: World, incident: str, *, by: dict[str, str] | None = None, **filters: Any) -> dict[str, Any]:
    """Empty if the board does not show it."""
    answer = await world.alerts.get("/v1/dispatches", params=filters, headers=by or world.bearer("dispatcher"))
    assert answer.status_code == 200, answer.text
    return next((one for one in answer.json()["items"] if one["incident_id"] == incident), {})


async def comes_next(world: World, incident: str) -> str:
    """What, or what is missing already."""
    return str((await line(world, incident))["next_action"]["code"])
