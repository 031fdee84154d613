"""What reporting says, under the same names as the recount, and up to where it has read the topics."""

import asyncio
from typing import Any

from deploy.local.demo.api import Api, Unanswered
from deploy.local.demo.recount import DEAD_LETTER_ALARMS, Numbers

BROKEN_DOWN = (
    ("incidents", "kind"),
    ("incidents", "state"),
    ("incidents", "community"),
    ("offers", "outcome"),
    ("assignments", "state"),
    ("dispatches", "state"),
    ("handoffs", "outcome"),
    ("events", "topic"),
)
MILESTONES = (
    ("first_attempt", "attempted"),
    ("acknowledged", "acknowledged"),
    ("accepted", "accepted"),
    ("on_scene", "on scene"),
)
LOOK_EVERY_S = 0.25


class Reporting:
    def __init__(self, api: Api, url: str, token: str) -> None:
        self._api = api
        self._url = url
        self._token = token

    async def has_read(self, ends: dict[str, list[int]], prefix: str, *, within_s: float) -> bool:
        """Waits until every record before the ends is in the numbers; False if that takes too long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        while True:
            positions = (await self._ask("incidents"))["as_of"]["positions"]
            if all(_is_past(positions.get(prefix + topic, []), numbers) for topic, numbers in ends.items()):
                return True
            if loop.time() > until:
                return False
            await asyncio.sleep(LOOK_EVERY_S)

    async def reported(self) -> Numbers:
        numbers: Numbers = {}
        for kpi, by in BROKEN_DOWN:
            rows = (await self._ask(kpi, by))["rows"]
            numbers |= {f"{kpi} by {by}: {row['by'][by] or 'none'}": row["values"]["count"] for row in rows}
        numbers["incidents"] = (await self._ask("incidents"))["total"]["count"]
        numbers["dispatches ever exhausted"] = (await self._ask("dispatches"))["total"]["exhausted"]
        numbers[DEAD_LETTER_ALARMS] = (await self._ask("dead_letters"))["total"]["count"]
        numbers["alarms"] = (await self._ask("alarms"))["total"]["count"]
        for milestone, word in MILESTONES:
            total = (await self._ask(f"response_time_{milestone}"))["total"]
            numbers[f"activated and {word}"] = total["n"]
            numbers["activated"] = total["n"] + total["missing"]
        return numbers

    async def response_times(self) -> dict[str, dict[str, float | None]]:
        """Milestone → p50 and p90 from activation, seconds, and the share within the policy's target."""
        wanted = ("p50_s", "p90_s", "target_s", "share_within_target")
        totals = {name: (await self._ask(f"response_time_{name}"))["total"] for name, _ in MILESTONES}
        return {name: {key: total[key] for key in wanted} for name, total in totals.items()}

    async def _ask(self, kpi: str, by: str | None = None) -> dict[str, Any]:
        query = "" if by is None else f"?by={by}"
        answer = await self._api.must("GET", f"{self._url}/v1/kpis/{kpi}{query}", self._token)
        if not isinstance(answer, dict):
            raise Unanswered(f"reporting's answer about {kpi} is no JSON object")
        return answer


def _is_past(positions: list[int], ends: list[int]) -> bool:
    """A partition without records may have no position yet."""
    padded = positions + [0] * (len(ends) - len(positions))
    return all(position >= end for position, end in zip(padded, ends, strict=False))
