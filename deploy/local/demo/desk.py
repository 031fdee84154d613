"""The duty dispatcher of the demo: decides about what policy leaves to a person.

Homicides carry a date without a time, so that policy never pages anybody for them; the dispatcher looks into each after
a moment and has the programme respond. Everything else in the queue stays there, as on a quiet day at a real desk.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from deploy.local.demo.api import Api

LOOKS_EVERY_S = 0.5
CONSIDERS_FOR_S = 2.0


@dataclass
class Desk:
    """`activated`: those this desk decided to respond to."""

    api: Api
    url: str
    token: str
    activated: set[str] = field(default_factory=set)
    _seen_at: dict[str, float] = field(default_factory=dict)

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOKS_EVERY_S)

    async def work_off(self) -> None:
        """Until nothing in the queue is left that this desk responds to."""
        while await self.look():
            await asyncio.sleep(LOOKS_EVERY_S)

    async def look(self) -> int:
        """How many are still being considered."""
        now, waiting = asyncio.get_running_loop().time(), 0
        for incident in await self._queue():
            if not _is_for_us(incident):
                continue
            seen_at = self._seen_at.setdefault(incident["incident_id"], now)
            if now - seen_at < CONSIDERS_FOR_S:
                waiting += 1
                continue
            await self.api.must("POST", f"{self.url}/v1/incidents/{incident['incident_id']}/activate", self.token)
            self.activated.add(incident["incident_id"])
        return waiting

    async def _queue(self) -> list[dict[str, Any]]:
        query = "queue=needs_dispatcher&kind=homicide&limit=200"
        page = await self.api.must("GET", f"{self.url}/v1/incidents?{query}", self.token)
        items: list[dict[str, Any]] = page["items"]
        return items


def _is_for_us(incident: dict[str, Any]) -> bool:
    return bool(incident["kind"] == "homicide" and incident["obstacles"] == ["day_only"])
