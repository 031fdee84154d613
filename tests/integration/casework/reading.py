"""Publishing events to casework until they are surely read, and looking at what followed from them."""

from collections.abc import Awaitable
from typing import Any

from shared.contracts.event import Event
from tests.integration.casework.conftest import Desk
from tests.support.histories import IncidentStory
from tests.support.waiting import eventually


async def follow_ups(desk: Desk, incident: IncidentStory, **query: Any) -> dict[str, dict[str, Any]]:
    """What the office sees of one incident, by kind."""
    found = await desk.office.http.get("/v1/follow-ups", params={"incident_id": str(incident.id)} | query)
    items: list[dict[str, Any]] = found.json()["items"]
    assert len({item["kind"] for item in items}) == len(items)
    return {item["kind"]: item for item in items}


async def arrived(desk: Desk, *events: Event) -> None:
    """Published, and surely consumed: the positions count every record that was ever published here."""
    await desk.deployment.publish(*events)
    desk.published += len(events)

    async def read() -> bool:
        async with desk.db.transaction() as tx:
            row = await tx.row("SELECT coalesce(sum(next_offset), 0) AS records FROM consumer_positions")
        return bool(row["records"] == desk.published)

    await eventually(read, within_s=30)


def told(desk: Desk, *stories: IncidentStory) -> Awaitable[None]:
    return arrived(desk, *(event for story in stories for event in story.events))
